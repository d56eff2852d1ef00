//! A case for who only looks, also while another process works on it: nothing is locked or mended, and
//! of its addresses, of which there may be a million, none is read.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use ledger::note::KeyRing;

use super::{
    case::{CaseError, Cursor, name_of, origin, standing_after},
    decisions::Told,
    order::{Kind, Order, OrderError, Release},
    report::CaseReport,
    setup::{Setup, SetupError},
    stage::{Standing, Step},
};

/// A case as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// How far it is, and by what that is proven.
    pub report: CaseReport,
    /// What was ordered: the takedown, and its withdrawal if there is one.
    pub orders: Vec<Ordered>,
    /// Of what is being done, how much is: by a word for it.
    pub progress: BTreeMap<String, usize>,
}

/// An order, and who released it.
///
/// # Privacy
///
/// Names and reasons of who decides. No address.
#[derive(Clone, Debug, PartialEq)]
pub struct Ordered {
    /// What it says.
    pub order: Order,
    /// The note, as it was signed.
    pub signed: String,
    /// Who signed it.
    pub by: String,
    /// Who released it; none if it waits for a second person.
    pub released_by: Option<String>,
}

impl View {
    /// Looks at the case in a folder.
    ///
    /// # Errors
    ///
    /// [`CaseError`] if there is none, or what is signed does not add up.
    pub fn of(folder: &Path) -> Result<Self, CaseError> {
        let setup: Setup = match fs::read_to_string(folder.join("setup.toml")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(CaseError::NoCase),
            text => text?.parse()?,
        };
        let (people, name) = (setup.people().map_err(SetupError::Key)?, name_of(folder));
        let told = Told::read(folder, &origin(&setup, &name))?;
        let standing = standing_after(&told.decisions)?;
        let orders = Folder { folder, people }.orders(&name, standing)?;
        let addresses = orders.first().map_or(0, |ordered| ordered.order.addresses);
        let addresses = usize::try_from(addresses).unwrap_or(usize::MAX);
        let log = (told.head, told.verifier.as_str());
        let report = CaseReport::made(&name, standing, addresses, &told.decisions, log);
        // What stands behind the first word tells edges and engines apart, for the program only.
        let word = |name: String| name.split(' ').next().unwrap_or_default().to_owned();
        let done = Cursor::read(folder, told.decisions.len() as u64).done;
        let progress = done.into_iter().map(|(name, done)| (word(name), done)).collect();
        Ok(Self { report, orders, progress })
    }

    /// The order that waits for a second person.
    pub fn waiting(&self) -> Option<&Ordered> {
        self.orders.last().filter(|ordered| ordered.released_by.is_none())
    }

    /// The folders in a folder that hold cases, by their names.
    ///
    /// # Errors
    ///
    /// [`io::Error`] if it cannot be read.
    pub fn folders(cases: &Path) -> io::Result<BTreeMap<String, PathBuf>> {
        let mut found = BTreeMap::new();
        for entry in fs::read_dir(cases)? {
            let path = entry?.path();
            if path.join("setup.toml").is_file() {
                found.insert(name_of(&path), path);
            }
        }
        Ok(found)
    }
}

struct Folder<'a> {
    folder: &'a Path,
    people: KeyRing,
}

impl Folder<'_> {
    fn orders(&self, case: &str, standing: Standing) -> Result<Vec<Ordered>, CaseError> {
        let mut takedown = self.ordered("order", "release")?;
        let released = standing.reached() >= Some(Step::Released);
        if !released {
            // What is signed and not recorded is to be signed again.
            takedown.released_by = None;
        }
        let same = takedown.order.kind == Kind::Takedown && takedown.order.case == case;
        if !same || (released && takedown.released_by.is_none()) {
            return Err(OrderError::Changed.into());
        }
        let mut orders = vec![takedown];
        if standing.withdrawal().is_some() {
            let withdrawal = self.ordered("withdrawal", "withdrawal-release")?;
            let withdrawn = standing.withdrawal() == Some(Step::Withdrawn);
            let same = withdrawal.order.takes_back(&orders[0].order);
            if !same || (withdrawn && withdrawal.released_by.is_none()) {
                return Err(OrderError::Changed.into());
            }
            orders.push(withdrawal);
        }
        Ok(orders)
    }

    fn ordered(&self, name: &str, release: &str) -> Result<Ordered, CaseError> {
        let signed = fs::read_to_string(self.folder.join(name))?;
        let (order, by) = Order::open(signed.as_bytes(), &self.people)?;
        let released_by = match fs::read(self.folder.join(release)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            bytes => Some(Release::open(&bytes?, &order, &by, &self.people)?.1.name().to_owned()),
        };
        Ok(Ordered { order, signed, by: by.name().to_owned(), released_by })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::takedown::{
        case::Case,
        decisions::RecordError,
        fixture::{Played, case_until, people},
    };

    const SETUP: &str = "[[sites]]\nhost = \"files.example\"\norigin = \"http://127.0.0.1:1\"\n\
                         nginx = { folder = \"rules\" }\n";

    /// Whoever looks does so while the case is open elsewhere, and sees what its owner sees.
    #[test]
    fn who_looks_sees_what_who_works_sees() {
        let (folder, world) = (tempfile::tempdir().unwrap(), Played::default());
        let path = folder.path().join("case-7");
        let case = case_until(Step::Purged, &path, SETUP, 3, &world);
        case.keep_cursor("probe", 2).unwrap();
        let view = View::of(&path).unwrap();
        assert_eq!(view.report, CaseReport::of(&case));
        assert_eq!(view.progress, BTreeMap::from([("probe".to_owned(), 2)]));
        let [ordered] = &view.orders[..] else { panic!("one order") };
        assert_eq!((ordered.by.as_str(), ordered.released_by.as_deref()), ("asha", Some("binoy")));
        assert_eq!(view.waiting(), None);
        let names: Vec<_> = View::folders(folder.path()).unwrap().into_keys().collect();
        assert_eq!(names, ["case-7"]);
    }

    /// A release that was signed elsewhere counts as one that was signed here, and another does not.
    #[test]
    fn what_a_second_person_signed_elsewhere_is_taken() {
        let (folder, world) = (tempfile::tempdir().unwrap(), Played::default());
        let path = folder.path().join("case-7");
        let mut case = case_until(Step::Ordered, &path, SETUP, 3, &world);
        let [asha, binoy] = people();
        let waiting = View::of(&path).unwrap().waiting().unwrap().clone();
        let order = Order::unverified(waiting.signed.as_bytes()).unwrap();
        assert_eq!(order, waiting.order);
        let signed = |key| Release::of(&order, 7).sign(key).unwrap();
        // A crash came before the record: it is to be handed in again.
        fs::write(path.join("release"), signed(&binoy)).unwrap();
        assert!(View::of(&path).unwrap().waiting().is_some());
        let own = case.accept_release(signed(&asha).as_bytes(), &world);
        assert!(matches!(own, Err(CaseError::Order(OrderError::SamePerson))));
        let other = Release::of(&Order { addresses: 4, ..order.clone() }, 7);
        let other = case.accept_release(other.sign(&binoy).unwrap().as_bytes(), &world);
        assert!(matches!(other, Err(CaseError::Order(OrderError::Changed))));
        case.accept_release(signed(&binoy).as_bytes(), &world).unwrap();
        let again = case.accept_release(signed(&binoy).as_bytes(), &world);
        assert!(matches!(again, Err(CaseError::OutOfOrder(_))));
        case.order_withdrawal("blank forms".to_owned(), &binoy, &world).unwrap();
        let waiting = View::of(&path).unwrap().waiting().unwrap().clone();
        assert_eq!((waiting.order.kind, waiting.by.as_str()), (Kind::Withdrawal, "binoy"));
        let signed = Release::of(&waiting.order, 8).sign(&asha).unwrap();
        case.accept_release(signed.as_bytes(), &world).unwrap();
        assert_eq!(View::of(&path).unwrap().waiting(), None);
        drop(case);
        assert_eq!(
            Case::open(&path, &world).unwrap().withdrawal_released_by().unwrap().name(),
            "asha"
        );
    }

    #[test]
    fn a_record_that_does_not_fit_its_log_is_not_shown() {
        let (folder, world) = (tempfile::tempdir().unwrap(), Played::default());
        let path = folder.path().join("case-7");
        drop(case_until(Step::Purged, &path, SETUP, 3, &world));
        let openings = path.join("openings.jsonl");
        let text = fs::read_to_string(&openings).unwrap();
        let lines: Vec<_> = text.lines().collect();
        // What is being written, and what is not signed yet, are left out.
        fs::write(&openings, format!("{text}{}\n{{\"opening\"", lines[3])).unwrap();
        assert_eq!(View::of(&path).unwrap().report.steps.len(), 4);
        for changed in [
            text.replacen("asha", "usha", 1),
            lines[..3].join("\n") + "\n",
            [lines[0], lines[1], lines[3], lines[2], ""].join("\n"),
        ] {
            fs::write(&openings, changed).unwrap();
            assert!(matches!(View::of(&path), Err(CaseError::Record(RecordError::Opening(_)))));
        }
        fs::write(&openings, text).unwrap();
        fs::remove_file(path.join("release")).unwrap();
        assert!(matches!(View::of(&path), Err(CaseError::Order(OrderError::Changed))));
    }
}
