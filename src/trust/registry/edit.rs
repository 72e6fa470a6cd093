//! Changes of a registry. What is not changed keeps its bytes, and comments stay with the table that they stand above.

use toml_edit::{Array, DocumentMut, Item, Table, value};

use super::{CustomerName, Entry, Registry, RegistryError};
use crate::policy::{IdForm, IdPrefix, Judgement, judge};
use crate::terms::{AccountId, ExternalId, PolicyArn, RoleArn, RoleName};

/// What may be said once for all customers.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Who assumes the customers' roles.
    pub principal: Option<RoleArn>,
    /// What IDs begin with.
    pub prefix: Option<IdPrefix>,
    /// What the role is called at the customers'.
    pub role_name: Option<RoleName>,
    /// What the role may do there.
    pub policy_arns: Vec<PolicyArn>,
}

impl Registry {
    /// Says what holds for all customers, where nothing is said yet.
    pub fn set(&mut self, settings: &Settings) -> Result<(), RegistryError> {
        let mut document = self.document()?;
        let texts = [
            ("principal", settings.principal.as_ref().map(ToString::to_string)),
            ("prefix", settings.prefix.as_ref().map(ToString::to_string)),
            ("role_name", settings.role_name.as_ref().map(ToString::to_string)),
        ];
        for (key, wanted) in texts {
            let Some(wanted) = wanted else { continue };
            match document.get(key).and_then(Item::as_str) {
                Some(found) if found == wanted => {}
                Some(found) => return Err(RegistryError::Differs { key, found: found.to_owned() }),
                None => drop(document.insert(key, value(wanted))),
            }
        }
        if !settings.policy_arns.is_empty() {
            if document.contains_key("policy_arns") {
                if settings.policy_arns != self.terms.policy_arns {
                    return Err(RegistryError::Differs { key: "policy_arns", found: "otherwise".to_owned() });
                }
            } else {
                document.insert("policy_arns", value(lines(settings.policy_arns.iter().map(PolicyArn::as_str))));
            }
        }
        self.keep(&mut document)
    }

    /// Gives an account of a customer's its ID. One that was retired gets a new one.
    ///
    /// `random` gives random bits, anew each time.
    pub fn add(
        &mut self,
        customer: &CustomerName,
        account: &AccountId,
        role_arn: Option<&RoleArn>,
        today: &str,
        random: impl FnMut() -> [u8; 16],
    ) -> Result<ExternalId, RegistryError> {
        if let Some(arn) = role_arn.filter(|arn| arn.account() != account) {
            return Err(RegistryError::OtherAccount { arn: arn.to_string(), account: account.to_string() });
        }
        let known = self.entry(customer, Some(account)).ok();
        if let Some(entry) = known.filter(|entry| entry.external_id.is_some()) {
            return Err(RegistryError::Exists { title: entry.title() });
        }
        let id = self.fresh(random)?;
        let mut document = self.document()?;
        let table = table(&mut document, customer, account)?;
        table.insert("external_id", value(id.as_str()));
        table.insert("created", value(date(today)?));
        table.remove("retired");
        if let Some(arn) = role_arn {
            table.insert("role_arn", value(arn.to_string()));
        }
        self.keep(&mut document)?;
        Ok(id)
    }

    /// Makes a new ID. The one before is accepted until [`Registry::finish`].
    pub fn rotate(
        &mut self,
        customer: &CustomerName,
        account: Option<&AccountId>,
        today: &str,
        random: impl FnMut() -> [u8; 16],
    ) -> Result<ExternalId, RegistryError> {
        // Whoever has a wrong ID is to get a right one, so a problem is no hindrance here.
        let entry = self.entry(customer, account)?.clone();
        let Some(old) = &entry.external_id else { return Err(RegistryError::Retired { title: entry.title() }) };
        if entry.previous.is_some() {
            return Err(RegistryError::Rotating { title: entry.title() });
        }
        let id = self.fresh(random)?;
        let mut document = self.document()?;
        let table = table(&mut document, customer, &entry.account)?;
        table.insert("external_id", value(id.as_str()));
        table.insert("previous", value(old.as_str()));
        table.insert("created", value(date(today)?));
        self.keep(&mut document)?;
        Ok(id)
    }

    /// Ends the time in which the ID before is accepted.
    pub fn finish(&mut self, customer: &CustomerName, account: Option<&AccountId>) -> Result<Entry, RegistryError> {
        let entry = self.entry(customer, account)?.clone();
        let Some(old) = &entry.previous else { return Err(RegistryError::NotRotating { title: entry.title() }) };
        let mut document = self.document()?;
        let table = table(&mut document, customer, &entry.account)?;
        table.remove("previous");
        retire(table, &entry, &[old]);
        self.keep(&mut document)?;
        Ok(entry)
    }

    /// Takes a customer's account out of use. Its IDs stay in the file, so that none of them is ever used again.
    pub fn retire(&mut self, customer: &CustomerName, account: Option<&AccountId>) -> Result<Entry, RegistryError> {
        let entry = self.entry(customer, account)?.clone();
        if entry.external_id.is_none() {
            return Err(RegistryError::Retired { title: entry.title() });
        }
        let mut document = self.document()?;
        let table = table(&mut document, customer, &entry.account)?;
        table.remove("external_id");
        table.remove("previous");
        retire(table, &entry, &entry.accepted().collect::<Vec<_>>());
        self.keep(&mut document)?;
        Ok(entry)
    }

    /// Makes an ID that nobody has or had.
    fn fresh(&self, mut random: impl FnMut() -> [u8; 16]) -> Result<ExternalId, RegistryError> {
        for _ in 0..8 {
            let id = self.terms.form.make(random());
            let id = id.map_err(|error| RegistryError::Value { key: "prefix", reason: error.to_string() })?;
            let taken = self
                .entries
                .iter()
                .flat_map(Entry::all_ids)
                .any(|known| known.as_str().eq_ignore_ascii_case(id.as_str()));
            if !taken && judge(id.as_str()) == Judgement::Strong && IdForm::of(id.as_str()).is_some() {
                return Ok(id);
            }
        }
        Err(RegistryError::Value { key: "external_id", reason: "the random numbers repeat themselves".to_owned() })
    }

    fn document(&self) -> Result<DocumentMut, RegistryError> {
        let text = if self.text.trim().is_empty() { EMPTY } else { &self.text };
        text.parse().map_err(|error: toml_edit::TomlError| RegistryError::Form { reason: error.to_string() })
    }

    /// Sorts the tables, and reads what comes out as whoever opens it next will.
    fn keep(&mut self, document: &mut DocumentMut) -> Result<(), RegistryError> {
        sort(document);
        *self = Self::parse(&document.to_string())?;
        Ok(())
    }
}

/// What a new registry begins with.
const EMPTY: &str = "\
# Which external ID was given to which customer, for which AWS account. `assume partner` keeps this file; keep it in git.
# An ID is no secret, but it is made here, at random, and never taken from a customer: who can choose it can choose another's.
registry = 1
";

fn date(today: &str) -> Result<toml_edit::Datetime, RegistryError> {
    today.parse().map_err(|_| RegistryError::Value { key: "created", reason: format!("`{today}` is no day") })
}

fn lines<'a>(texts: impl Iterator<Item = &'a str>) -> Array {
    let mut array: Array = texts.collect();
    for item in array.iter_mut() {
        item.decor_mut().set_prefix("\n    ");
    }
    array.set_trailing("\n");
    array.set_trailing_comma(true);
    array
}

fn retire(table: &mut Table, entry: &Entry, more: &[&ExternalId]) {
    let all = entry.retired_ids.iter().chain(more.iter().copied());
    table.insert("retired_ids", value(lines(all.map(ExternalId::as_str))));
}

/// Returns the table of an account, made where it is not there. A table that is written inline is not ours to change.
fn table<'a>(
    document: &'a mut DocumentMut,
    customer: &CustomerName,
    account: &AccountId,
) -> Result<&'a mut Table, RegistryError> {
    let odd = || RegistryError::Form { reason: format!("[customer.{customer}.{account}] is not written as a table") };
    let implicit = || {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    };
    let customers = document.entry("customer").or_insert_with(implicit).as_table_mut().ok_or_else(odd)?;
    let of_customer = customers.entry(&customer.0).or_insert_with(implicit).as_table_mut().ok_or_else(odd)?;
    let fresh = || {
        let mut table = Table::new();
        table.decor_mut().set_prefix("\n");
        Item::Table(table)
    };
    // An account may be written 1111-2222-3333.
    let known = of_customer
        .iter()
        .map(|(key, _)| key.to_owned())
        .find(|key| key.parse().is_ok_and(|id: AccountId| id == *account));
    let key = known.unwrap_or_else(|| account.to_string());
    of_customer.entry(&key).or_insert_with(fresh).as_table_mut().ok_or_else(odd)
}

fn sort(document: &mut DocumentMut) {
    let Some(customers) = document.get_mut("customer").and_then(Item::as_table_mut) else { return };
    let mut keys: Vec<(String, String)> = Vec::new();
    for (customer, accounts) in customers.iter() {
        let accounts = accounts.as_table().into_iter().flat_map(Table::iter);
        keys.extend(accounts.map(|(account, _)| (customer.to_owned(), account.to_owned())));
    }
    keys.sort();
    for (at, (customer, account)) in keys.iter().enumerate() {
        let of_customer = customers.get_mut(customer).and_then(Item::as_table_mut);
        if let Some(table) = of_customer.and_then(|table| table.get_mut(account)).and_then(Item::as_table_mut) {
            table.set_position(Some(isize::try_from(at).unwrap_or(isize::MAX)));
        }
    }
}
