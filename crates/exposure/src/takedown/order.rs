//! What two people sign: the order of a takedown or of its withdrawal, and the release of either.
//! Both are signed notes, so that each says who it was without trust in the machine that keeps it.

use std::fmt::Write;

use ledger::note::{KeyRing, Note, NoteError, SigningError, SigningKey, VerifierKey, note};

/// What is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The documents are to go.
    Takedown,
    /// They are to come back: it was no exposure.
    Withdrawal,
}

impl Kind {
    /// Its name in orders.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Takedown => "takedown",
            Self::Withdrawal => "withdrawal",
        }
    }
}

/// What the first person signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// What is ordered.
    pub kind: Kind,
    /// The name of the case.
    pub case: String,
    /// How many addresses.
    pub addresses: u64,
    /// SHA-256 of the file of addresses, hex.
    pub addresses_digest: String,
    /// SHA-256 of the set-up, hex.
    pub setup_digest: String,
    /// Why.
    pub reason: String,
    /// When, in seconds since 1970.
    pub at: u64,
}

/// What the second person signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// SHA-256 of the text of the order, hex.
    pub order_digest: String,
    /// When, in seconds since 1970.
    pub at: u64,
}

/// Why an order or a release does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// It is not signed by one of the people of the set-up.
    #[error("it is not signed by one person of the set-up: {0}")]
    Signature(#[from] NoteError),
    /// More than one person signed one note.
    #[error("it is signed by more than one person")]
    Several,
    /// The text is not an order or a release.
    #[error("it is not an order or a release of this case")]
    Malformed,
    /// It is for something else than what is there now.
    #[error("it is for other addresses or another set-up than those of the case")]
    Changed,
    /// One person did both.
    #[error("a second person has to release what the first one ordered")]
    SamePerson,
    /// A reason is empty, too long, or has control characters.
    #[error("a reason has 1 to 180 bytes on one line")]
    Reason,
    /// The key cannot sign.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

/// Whether a reason can be recorded.
///
/// # Errors
///
/// [`OrderError::Reason`] if not.
pub fn check_reason(reason: &str) -> Result<(), OrderError> {
    let fits = !reason.trim().is_empty() && reason.len() <= 180;
    let shown = !reason.contains(char::is_control);
    if fits && shown { Ok(()) } else { Err(OrderError::Reason) }
}

impl Order {
    /// The text that is signed.
    ///
    /// # Shape
    ///
    /// Lines: `teeka takedown order v1` or `teeka withdrawal order v1`, `case NAME`,
    /// `addresses NUMBER SHA-256`, `setup SHA-256`, `at SECONDS`, `reason TEXT`.
    pub fn text(&self) -> String {
        let mut text = format!("teeka {} order v1\n", self.kind.name());
        let _ = writeln!(text, "case {}", self.case);
        let _ = writeln!(text, "addresses {} {}", self.addresses, self.addresses_digest);
        let _ = writeln!(text, "setup {}", self.setup_digest);
        let _ = writeln!(text, "at {}", self.at);
        let _ = writeln!(text, "reason {}", self.reason);
        text
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let kind = match lines.next()? {
            "teeka takedown order v1" => Kind::Takedown,
            "teeka withdrawal order v1" => Kind::Withdrawal,
            _ => return None,
        };
        let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let case = value("case")?.to_owned();
        let (addresses, digest) = value("addresses")?.split_once(' ')?;
        let (addresses, addresses_digest) = (addresses.parse().ok()?, digest.to_owned());
        let setup_digest = value("setup")?.to_owned();
        let at = value("at")?.parse().ok()?;
        let reason = value("reason")?.to_owned();
        let order = Self { kind, case, addresses, addresses_digest, setup_digest, reason, at };
        (order.text() == text).then_some(order)
    }

    /// Signs it.
    ///
    /// # Errors
    ///
    /// [`OrderError`] if the reason cannot be recorded or the key cannot be reached.
    pub fn sign(&self, key: &impl SigningKey) -> Result<String, OrderError> {
        check_reason(&self.reason)?;
        let text = self.text();
        Ok(note(&text, [&key.sign_note(&text, 0)?]))
    }

    /// Whether it takes a takedown back, and not another one.
    pub fn takes_back(&self, takedown: &Self) -> bool {
        self.kind == Kind::Withdrawal
            && self.case == takedown.case
            && self.addresses_digest == takedown.addresses_digest
    }

    /// Reads an order as it is written, whoever signed it: for who looks before they sign, too.
    ///
    /// # Errors
    ///
    /// [`OrderError`] if it is not an order.
    pub fn unverified(signed: &[u8]) -> Result<Self, OrderError> {
        Self::parse(Note::parse(signed)?.unverified_text()).ok_or(OrderError::Malformed)
    }

    /// Reads a signed order, and who signed it.
    ///
    /// # Errors
    ///
    /// [`OrderError`] if it does not count.
    pub fn open(signed: &[u8], people: &KeyRing) -> Result<(Self, VerifierKey), OrderError> {
        let (text, by) = open(signed, people)?;
        Ok((Self::parse(&text).ok_or(OrderError::Malformed)?, by))
    }
}

impl Release {
    /// That of an order, signed at a time.
    pub fn of(order: &Order, at: u64) -> Self {
        Self { order_digest: super::digest(order.text().as_bytes()), at }
    }

    /// The text that is signed.
    ///
    /// # Shape
    ///
    /// Lines: `teeka release v1`, `order SHA-256`, `at SECONDS`.
    pub fn text(&self) -> String {
        format!("teeka release v1\norder {}\nat {}\n", self.order_digest, self.at)
    }

    fn parse(text: &str) -> Option<Self> {
        let lines = text.strip_prefix("teeka release v1\norder ")?;
        let (order, at) = lines.split_once("\nat ")?;
        let at = at.strip_suffix('\n')?.parse().ok()?;
        let release = Self { order_digest: order.to_owned(), at };
        (release.text() == text).then_some(release)
    }

    /// Signs it.
    ///
    /// # Errors
    ///
    /// [`OrderError::Signing`] if the key cannot be reached.
    pub fn sign(&self, key: &impl SigningKey) -> Result<String, OrderError> {
        let text = self.text();
        Ok(note(&text, [&key.sign_note(&text, 0)?]))
    }

    /// Reads a signed release of an order, and who signed it: somebody else than who ordered.
    ///
    /// # Errors
    ///
    /// [`OrderError`] if it does not count.
    pub fn open(
        signed: &[u8],
        order: &Order,
        ordered_by: &VerifierKey,
        people: &KeyRing,
    ) -> Result<(Self, VerifierKey), OrderError> {
        let (text, by) = open(signed, people)?;
        let release = Self::parse(&text).ok_or(OrderError::Malformed)?;
        if release.order_digest != super::digest(order.text().as_bytes()) {
            return Err(OrderError::Changed);
        }
        second_person(ordered_by, &by)?;
        Ok((release, by))
    }
}

/// Whether two keys are those of two people.
///
/// # Errors
///
/// [`OrderError::SamePerson`] if they share a name or what they sign with.
pub fn second_person(first: &VerifierKey, second: &VerifierKey) -> Result<(), OrderError> {
    // One key under two names has two ids; what follows the last plus is the key itself.
    let secret = |key: &VerifierKey| key.to_string().splitn(3, '+').nth(2).map(str::to_owned);
    let same = first.name() == second.name() || secret(first) == secret(second);
    if same { Err(OrderError::SamePerson) } else { Ok(()) }
}

fn open(signed: &[u8], people: &KeyRing) -> Result<(String, VerifierKey), OrderError> {
    let verified = Note::parse(signed)?.verify(people)?;
    match verified.signed() {
        [by] => Ok((verified.text().to_owned(), by.key.clone())),
        _ => Err(OrderError::Several),
    }
}

#[cfg(test)]
mod tests {
    use ledger::note::{Algorithm, LocalKey};

    use super::*;

    fn key(name: &str, seed: u8) -> LocalKey {
        LocalKey::from_seed(name, Algorithm::Ed25519, &[seed; 32]).unwrap()
    }

    fn order() -> Order {
        Order {
            kind: Kind::Takedown,
            case: "2026-11".to_owned(),
            addresses: 3,
            addresses_digest: "aa".repeat(32),
            setup_digest: "bb".repeat(32),
            reason: "lists of beneficiaries".to_owned(),
            at: 1_790_000_000,
        }
    }

    #[test]
    fn two_people_are_needed() {
        let (asha, binoy) = (key("asha", 1), key("binoy", 2));
        // The same secret under another name, and another secret under the same name.
        let (disguised, again) = (key("chitra", 1), key("asha", 3));
        let all = [&asha, &binoy, &disguised, &again].map(|key| key.verifier().clone());
        let people = KeyRing::new(all).unwrap();
        let signed = order().sign(&asha).unwrap();
        let (read, by) = Order::open(signed.as_bytes(), &people).unwrap();
        assert_eq!((&read, by.name()), (&order(), "asha"));
        let order_digest = crate::takedown::digest(read.text().as_bytes());
        let release = Release { order_digest, at: 1_790_000_060 };
        let opened = |key: &LocalKey| {
            let signed = release.sign(key).unwrap();
            Release::open(signed.as_bytes(), &read, &by, &people)
                .map(|(_, by)| by.name().to_owned())
        };
        assert_eq!(opened(&binoy), Ok("binoy".to_owned()));
        for same in [&asha, &disguised, &again] {
            assert_eq!(opened(same), Err(OrderError::SamePerson));
        }
        let stranger = opened(&key("eve", 9));
        assert_eq!(stranger, Err(OrderError::Signature(NoteError::UnknownKeys)));
    }

    #[test]
    fn an_order_that_was_changed_counts_no_more() {
        let (asha, binoy) = (key("asha", 1), key("binoy", 2));
        let people = [&asha, &binoy].map(|key| key.verifier().clone());
        let people = KeyRing::new(people).unwrap();
        let signed = order().sign(&asha).unwrap();
        let changed = signed.replace("addresses 3", "addresses 4");
        let opened = Order::open(changed.as_bytes(), &people);
        assert_eq!(opened, Err(OrderError::Signature(NoteError::WrongSignature)));
        let other = Order { addresses: 4, ..order() };
        let order_digest = crate::takedown::digest(other.text().as_bytes());
        let release = Release { order_digest, at: 0 }.sign(&binoy).unwrap();
        let opened = Release::open(release.as_bytes(), &order(), asha.verifier(), &people);
        assert_eq!(opened.map(|_| ()), Err(OrderError::Changed));
        for reason in ["", " ", "two\nlines", &"x".repeat(181)] {
            let refused = Order { reason: reason.to_owned(), ..order() }.sign(&asha);
            assert_eq!(refused, Err(OrderError::Reason));
        }
    }
}
