//! Objects, their fields and their parents, with the spelling that answers use.

/// An object ("sObject").
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) name: &'static str,
    /// The first three characters of its ids.
    pub(crate) prefix: &'static str,
    pub(crate) fields: &'static [Field],
    pub(crate) parents: &'static [Parent],
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

/// A relationship to one record of another object.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parent {
    pub(crate) name: &'static str,
    /// The field that holds the parent's id.
    pub(crate) key: &'static str,
    pub(crate) object: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Id,
    Text,
    Boolean,
    Number,
    Date,
    DateTime,
}

impl Object {
    /// Names are not case-sensitive.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        OBJECTS
            .iter()
            .find(|object| object.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.fields
            .iter()
            .position(|field| field.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn parent(&self, name: &str) -> Option<&'static Parent> {
        self.parents
            .iter()
            .find(|parent| parent.name.eq_ignore_ascii_case(name))
    }
}

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind }
}

const fn parent(name: &'static str, key: &'static str, object: &'static str) -> Parent {
    Parent { name, key, object }
}

static OBJECTS: [Object; 5] = [
    Object {
        name: "Account",
        prefix: "001",
        fields: &[
            field("Id", Kind::Id),
            field("IsDeleted", Kind::Boolean),
            field("Name", Kind::Text),
            field("Type", Kind::Text),
            field("ParentId", Kind::Id),
            field("BillingCity", Kind::Text),
            field("Industry", Kind::Text),
            field("AnnualRevenue", Kind::Number),
            field("NumberOfEmployees", Kind::Number),
            field("OwnerId", Kind::Id),
            field("CreatedDate", Kind::DateTime),
            field("LastModifiedDate", Kind::DateTime),
            field("SystemModstamp", Kind::DateTime),
        ],
        parents: &[
            parent("Parent", "ParentId", "Account"),
            parent("Owner", "OwnerId", "User"),
        ],
    },
    Object {
        name: "Contact",
        prefix: "003",
        fields: &[
            field("Id", Kind::Id),
            field("IsDeleted", Kind::Boolean),
            field("AccountId", Kind::Id),
            field("FirstName", Kind::Text),
            field("LastName", Kind::Text),
            field("Name", Kind::Text),
            field("Email", Kind::Text),
            field("Birthdate", Kind::Date),
            field("OwnerId", Kind::Id),
            field("CreatedDate", Kind::DateTime),
        ],
        parents: &[
            parent("Account", "AccountId", "Account"),
            parent("Owner", "OwnerId", "User"),
        ],
    },
    Object {
        name: "User",
        prefix: "005",
        fields: &[
            field("Id", Kind::Id),
            field("Username", Kind::Text),
            field("Name", Kind::Text),
            field("Email", Kind::Text),
            field("IsActive", Kind::Boolean),
            field("UserType", Kind::Text),
            field("CreatedDate", Kind::DateTime),
        ],
        parents: &[],
    },
    Object {
        name: "Organization",
        prefix: "00D",
        fields: &[
            field("Id", Kind::Id),
            field("Name", Kind::Text),
            field("OrganizationType", Kind::Text),
            field("InstanceName", Kind::Text),
            field("IsSandbox", Kind::Boolean),
            field("NamespacePrefix", Kind::Text),
            field("TrialExpirationDate", Kind::DateTime),
            field("LanguageLocaleKey", Kind::Text),
            field("CreatedDate", Kind::DateTime),
        ],
        parents: &[],
    },
    // Empty: the official CLI asks for it after each login, to learn whether this is a Dev Hub.
    Object {
        name: "ScratchOrgInfo",
        prefix: "2SR",
        fields: &[
            field("Id", Kind::Id),
            field("CreatedDate", Kind::DateTime),
            field("Edition", Kind::Text),
            field("ExpirationDate", Kind::Date),
            field("Namespace", Kind::Text),
            field("OrgName", Kind::Text),
            field("ScratchOrg", Kind::Text),
            field("SignupUsername", Kind::Text),
            field("Status", Kind::Text),
        ],
        parents: &[],
    },
];
