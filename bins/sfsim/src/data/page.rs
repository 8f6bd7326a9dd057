//! Records as JSON, written as they are read: a page is never a tree in memory, and its members
//! keep the order of the query.

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Value as Json, json};

use crate::{
    records::{Database, Kind, Object},
    soql::{Column, Output, Plan},
};

/// One page of an answer.
pub(super) struct Page<'a> {
    pub(super) plan: &'a Plan,
    pub(super) database: &'a Database,
    pub(super) version_path: &'a str,
    pub(super) total: i64,
    pub(super) next: Option<String>,
    pub(super) rows: &'a [usize],
}

impl Serialize for Page<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("totalSize", &self.total)?;
        map.serialize_entry("done", &self.next.is_none())?;
        if let Some(next) = &self.next {
            map.serialize_entry("nextRecordsUrl", next)?;
        }
        let columns: Vec<&Column> = match &self.plan.output {
            Output::Columns(columns) => columns.iter().collect(),
            Output::Count => Vec::new(),
        };
        let records: Vec<Record<'_>> = self
            .rows
            .iter()
            .map(|&row| Record {
                page: self,
                object: self.plan.object,
                row,
                start: row,
                columns: &columns,
                depth: 0,
            })
            .collect();
        map.serialize_entry("records", &records)?;
        map.end()
    }
}

/// A record, or a parent inside one.
struct Record<'a> {
    page: &'a Page<'a>,
    object: &'static Object,
    /// The row of this record in its object.
    row: usize,
    /// The row of the outermost record, where all columns start.
    start: usize,
    columns: &'a [&'a Column],
    /// How many parents away from the outermost record.
    depth: usize,
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("attributes", &self.attributes())?;
        let mut written: Vec<&str> = Vec::new();
        for column in self.columns {
            let Some((parent, key)) = column.hops.get(self.depth) else {
                let name = column.field().map_or("", |field| field.name);
                map.serialize_entry(
                    name,
                    &column.value(self.page.plan, self.page.database, self.start),
                )?;
                continue;
            };
            if written.contains(&parent.name) {
                continue;
            }
            written.push(parent.name);
            let through = self.columns_through(parent.name);
            map.serialize_entry(parent.name, &self.parent(parent.object, *key, &through))?;
        }
        map.end()
    }
}

impl Record<'_> {
    fn attributes(&self) -> Json {
        let id = self.page.database.table(self.object).value(self.row, 0);
        let id = id.as_text().unwrap_or_default();
        let url = format!(
            "{}/sobjects/{}/{id}",
            self.page.version_path, self.object.name
        );
        json!({ "type": self.object.name, "url": url })
    }

    fn columns_through(&self, parent: &str) -> Vec<&Column> {
        let leads = |column: &&Column| {
            column
                .hops
                .get(self.depth)
                .is_some_and(|(hop, _)| hop.name == parent)
        };
        self.columns.iter().copied().filter(leads).collect()
    }

    /// The parent with these columns; null where there is none.
    fn parent<'b>(
        &'b self,
        object: &str,
        key: usize,
        columns: &'b [&'b Column],
    ) -> Option<Record<'b>> {
        let database = self.page.database;
        let id = database.table(self.object).value(self.row, key);
        let object = Object::named(object)?;
        let row = database.table(object).find(id.as_text()?)?;
        Some(Record {
            object,
            row,
            columns,
            depth: self.depth + 1,
            ..*self
        })
    }
}

/// What `columns=true` answers instead of records: the official CLI builds its tables from it.
pub(super) fn columns(plan: &Plan) -> Json {
    let columns = match &plan.output {
        Output::Columns(columns) => columns.iter().map(column).collect(),
        Output::Count => Vec::new(),
    };
    let id_selected = columns.iter().any(|column| column["columnName"] == "Id");
    json!({
        "columnMetadata": columns,
        "entityName": plan.object.name,
        "groupBy": false,
        "idSelected": id_selected,
        "keyPrefix": plan.object.prefix,
    })
}

/// A field, wrapped in one column for each parent on the way to it.
fn column(column: &Column) -> Json {
    let field = column.field();
    let kind = field.map_or(Kind::Text, |field| field.kind);
    let mut described = described(field.map_or("", |field| field.name), kind, &[]);
    for (parent, _) in column.hops.iter().rev() {
        described = self::described(parent.name, Kind::Id, &[described]);
    }
    described
}

fn described(name: &str, kind: Kind, joined: &[Json]) -> Json {
    let apex_type = match kind {
        Kind::Id => "Id",
        Kind::Text => "String",
        Kind::Boolean => "Boolean",
        Kind::Number => "Double",
        Kind::Date => "Date",
        Kind::DateTime => "Datetime",
    };
    json!({
        "aggregate": false,
        "apexType": apex_type,
        "booleanType": kind == Kind::Boolean,
        "columnName": name,
        "custom": false,
        "displayName": name,
        "foreignKeyName": null,
        "insertable": false,
        "joinColumns": joined,
        "numberType": kind == Kind::Number,
        "textType": kind == Kind::Text,
        "updatable": false,
    })
}
