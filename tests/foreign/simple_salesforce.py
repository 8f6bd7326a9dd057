"""simple-salesforce logs in to the org with its own JWT code and reads an object to its end.

Arguments: login URL, consumer key, user name, path of the private key.
Prints one JSON object: the token, and the number of accounts.
"""

import json
import sys

import requests
from simple_salesforce import Salesforce

login_url, consumer_key, username, key_file = sys.argv[1:]


class ToTheOrg(requests.adapters.HTTPAdapter):
    """Leads its fixed https hosts to this machine; the port of an instance URL stays."""

    def send(self, request, **options):
        port = requests.utils.urlparse(request.url).port
        base = f"http://127.0.0.1:{port}" if port else login_url
        request.url = base + request.path_url
        return super().send(request, **options)


session = requests.Session()
session.mount("https://", ToTheOrg())
org = Salesforce(
    username=username,
    consumer_key=consumer_key,
    privatekey_file=key_file,
    session=session,
)
rows = org.query_all("SELECT Id, Name FROM Account")["records"]
print(json.dumps({"token": org.session_id, "accounts": len({row["Id"] for row in rows})}))
