//! One call of the table, and how an entry is written.

/// What a call asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Auth {
    Nobody,
    /// A token for everything of an account.
    Resident,
    /// That, or a token for certificates only.
    Certificates,
    /// A token for whether somebody is vaccinated.
    Status,
    /// A partner's key.
    Partner,
    /// A state program's key.
    Program,
    /// A wallet's token.
    Wallet,
    /// A token of staff who may do this.
    Staff,
}

/// What a call gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gives {
    /// JSON of a model.
    Json(&'static str),
    /// A JSON list of a model.
    List(&'static str),
    /// The OpenAPI document itself, and other JSON of others' specifications.
    Document,
    /// JSON of another's specification, with its media type.
    Object(&'static str),
    /// Bytes of this media type.
    Bytes(&'static str),
    Pdf,
    Nothing,
    /// Text of this media type.
    Text(&'static str),
}

/// What an answer says for who has one already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    Nothing,
    /// What it is called: it is not sent to who names it.
    Tag,
    /// That, and how old it is, as it is kept in memory.
    TagAndAge,
}

/// Where a value of an answer leads: an operation, its parameter, the value's place.
pub(crate) type Link = (&'static str, &'static str, &'static str);

/// One call.
#[derive(Clone, Copy)]
pub(crate) struct Call {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    /// The operation's id, for client generators.
    pub(crate) id: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) auth: Auth,
    /// Lines of the parts of the path.
    pub(crate) path_fields: &'static [&'static str],
    /// Lines of the query's parameters.
    pub(crate) query: &'static [&'static str],
    /// The model of the body, and whether there must be one.
    pub(crate) body: Option<(&'static str, bool)>,
    /// Its media type.
    pub(crate) body_type: &'static str,
    pub(crate) gives: Gives,
    /// Statuses besides those that follow from the rest.
    pub(crate) errors: &'static [u16],
    pub(crate) links: &'static [Link],
    /// What the answer says for who has one already.
    pub(crate) says: Says,
    /// Whether names come in the language that is asked for.
    pub(crate) local: bool,
    /// Whether an idempotency key makes it happen once.
    pub(crate) once: bool,
}

const fn call(
    method: &'static str,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
) -> Call {
    Call {
        method,
        path,
        id,
        summary,
        auth: Auth::Nobody,
        path_fields: &[],
        query: &[],
        body: None,
        body_type: "application/json",
        gives: Gives::Nothing,
        errors: &[],
        links: &[],
        says: Says::Nothing,
        local: false,
        once: false,
    }
}

pub(super) const fn get(path: &'static str, id: &'static str, summary: &'static str) -> Call {
    call("get", path, id, summary)
}

pub(super) const fn post(path: &'static str, id: &'static str, summary: &'static str) -> Call {
    call("post", path, id, summary)
}

pub(super) const fn put(path: &'static str, id: &'static str, summary: &'static str) -> Call {
    call("put", path, id, summary)
}

pub(super) const fn delete(path: &'static str, id: &'static str, summary: &'static str) -> Call {
    call("delete", path, id, summary)
}

impl Call {
    pub(super) const fn needs(self, auth: Auth) -> Self {
        Self { auth, ..self }
    }

    pub(super) const fn path(self, path_fields: &'static [&'static str]) -> Self {
        Self { path_fields, ..self }
    }

    pub(super) const fn query(self, query: &'static [&'static str]) -> Self {
        Self { query, ..self }
    }

    /// A search that is answered from memory.
    pub(super) const fn search(self, query: &'static [&'static str], model: &'static str) -> Self {
        Self { query, gives: Gives::Json(model), says: Says::TagAndAge, local: true, ..self }
    }

    pub(super) const fn body(self, model: &'static str) -> Self {
        Self { body: Some((model, true)), ..self }
    }

    pub(super) const fn form(self, model: &'static str) -> Self {
        let body_type = "application/x-www-form-urlencoded";
        Self { body: Some((model, true)), body_type, ..self }
    }

    pub(super) const fn may_have_body(self, model: &'static str) -> Self {
        Self { body: Some((model, false)), ..self }
    }

    pub(super) const fn gives(self, gives: Gives) -> Self {
        Self { gives, ..self }
    }

    pub(super) const fn errors(self, errors: &'static [u16]) -> Self {
        Self { errors, ..self }
    }

    pub(super) const fn links(self, links: &'static [Link]) -> Self {
        Self { links, ..self }
    }

    pub(super) const fn in_local_language(self) -> Self {
        Self { local: true, ..self }
    }

    pub(super) const fn tagged(self) -> Self {
        Self { says: Says::Tag, ..self }
    }

    pub(super) const fn once(self) -> Self {
        Self { once: true, ..self }
    }

    /// Whether it is ours, with errors of RFC 9457, and not the contract's.
    pub(crate) fn is_ours(&self) -> bool {
        crate::problem::is_ours(self.path)
    }

    /// Whether it is one of those of wallets, with errors of `OpenID4VCI`.
    pub(crate) fn is_wallets(&self) -> bool {
        self.path.starts_with(crate::wallet::CALLS)
    }

    /// The paths it is served at.
    pub(crate) fn paths(&self) -> Vec<String> {
        match self.path.strip_prefix("/api/v2/") {
            Some(rest) => vec![self.path.to_owned(), format!("/api/v4/{rest}")],
            None => vec![self.path.to_owned()],
        }
    }

    /// Every status that it may answer with, besides the good ones.
    pub(super) fn refusals(&self) -> Vec<u16> {
        let mut statuses = self.errors.to_vec();
        // A caller's address has only so many calls; and the store may be away.
        let limited = if self.is_ours() || self.is_wallets() { 429 } else { 403 };
        statuses.extend([limited, 500, 503]);
        let reads = !self.path_fields.is_empty() || !self.query.is_empty() || self.body.is_some();
        if reads {
            statuses.push(400);
        }
        if self.body.is_some() {
            statuses.push(413);
        }
        if self.once {
            statuses.push(422);
        }
        match self.auth {
            Auth::Nobody | Auth::Partner | Auth::Program => {}
            Auth::Resident | Auth::Certificates | Auth::Status | Auth::Wallet => statuses.push(401),
            Auth::Staff => statuses.extend([401, 403]),
        }
        if self.is_ours() && self.auth != Auth::Nobody {
            statuses.push(404);
        }
        statuses.sort_unstable();
        statuses.dedup();
        statuses
    }
}
