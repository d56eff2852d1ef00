//! Writing what was read from files: all rows of a file, or none.

use domain::{
    facility::Facility,
    id::{DistrictId, FacilityId, StaffId},
    session::Session,
};
use jiff::Timestamp;
use store::{ListNo, NewList, NotEnrolled, RulesFile, Run, StaffRow};
use uuid::Uuid;
use vault::{BlindIndex, Index, NewKey, PersonId};

use crate::{
    Ctx, Error, Platform, Result,
    access::Permission,
    import::{
        Parsed,
        places::Places,
        records::{BeneficiaryLine, StaffLine},
    },
    opened::NAME,
    rules,
};

impl Platform {
    /// Complains of sessions that could not be published: at a facility that is not known, of a
    /// vaccine that the programme does not have, in the past.
    pub fn check_import_of_sessions(&self, ctx: &Ctx, parsed: &mut Parsed<Session>) {
        let (programme, today) = (self.programme(), ctx.today());
        parsed.complain(|session| {
            if self.inventory.facility(session.facility).is_none() {
                Some(("center_id", "the number of a known facility"))
            } else if programme.vaccine(&session.vaccine).is_none() {
                Some(("vaccine", "a vaccine of the programme"))
            } else if session.on < today {
                Some(("date", "a day that is not in the past"))
            } else {
                None
            }
        });
    }

    /// Complains of staff at a facility that is not known.
    pub fn check_import_of_staff(&self, parsed: &mut Parsed<StaffLine>) {
        parsed.complain(|line| {
            let known = |id| self.inventory.facility(id).is_some();
            let unknown = line.facility.is_some_and(|id| !known(id));
            unknown.then_some(("center_id", "the number of a known facility"))
        });
    }

    /// Keeps places and uses them at once.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] unless the operator imports.
    pub async fn import_places(&self, ctx: &Ctx, places: &Places) -> Result<()> {
        ctx.only_operator()?;
        match places {
            Places::Districts(parsed) => {
                let (mut states, districts): (Vec<_>, Vec<_>) = parsed.rows.iter().cloned().unzip();
                states.dedup();
                self.store.put_places(&states, &districts).await?;
            }
            Places::LgdDistricts(parsed) => self.store.put_places(&[], &parsed.rows).await?,
            Places::LgdStates(parsed) => self.store.put_places(&parsed.rows, &[]).await?,
            Places::PostalPlaces(parsed) => self.store.put_postal_places(&parsed.rows).await?,
        }
        self.reload_places().await
    }

    /// Keeps facilities. A district officer imports those of the own district.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for a facility outside the actor's reach.
    pub async fn import_facilities(&self, ctx: &Ctx, facilities: &[Facility]) -> Result<()> {
        for facility in facilities {
            ctx.allow_at(Permission::Import, facility)?;
            // A facility of another district cannot be taken over by naming it one's own.
            if let Some(held) = self.inventory.facility(facility.id) {
                ctx.allow_at(Permission::Import, &held)?;
            }
        }
        self.store.put_facilities(facilities, ctx.now).await?;
        self.refresh(ctx.now).await
    }

    /// Publishes sessions: as [`Platform::publish_sessions`].
    ///
    /// # Errors
    ///
    /// As [`Platform::publish_sessions`].
    pub async fn import_sessions(&self, ctx: &Ctx, sessions: &[Session]) -> Result<()> {
        self.publish_sessions(ctx, sessions).await.map(|_| ())
    }

    /// Keeps staff, sealed.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] unless the operator imports.
    pub async fn import_staff(&self, ctx: &Ctx, staff: &[StaffLine]) -> Result<()> {
        ctx.only_operator()?;
        let mobiles: Vec<_> =
            staff.iter().map(|line| (Index::StaffMobile, line.mobile.digits())).collect();
        let indexes = self.vault.indexes(&mobiles).await?;
        // The same person in two files is the same person.
        let ids: Vec<_> =
            indexes.iter().map(|index| Uuid::new_v5(&Uuid::NAMESPACE_OID, &index.0)).collect();
        let people: Vec<_> = ids.iter().map(|id| PersonId(id.into_bytes())).collect();
        let keys = self.vault.make_person_keys(&people).await?;
        let named = ids.into_iter().zip(indexes).zip(keys);
        let rows = staff
            .iter()
            .zip(named)
            .map(|(line, ((id, index), key))| Self::seal_staff(line, id, index, &key));
        let rows: Vec<_> = rows.collect();
        let mut changed = Vec::new();
        for row in &rows {
            let before = self.store.staff_by_mobile(row.mobile_index).await?;
            changed.extend(before.filter(|before| may_other(before, row)).map(|before| before.id));
        }
        self.store.put_staff(&rows).await?;
        // Whoever may do something else now signs in again.
        self.sign_out_changed(ctx, &changed).await
    }

    fn seal_staff(line: &StaffLine, id: Uuid, index: BlindIndex, key: &NewKey) -> StaffRow {
        StaffRow {
            id: StaffId(id),
            mobile_index: index.0,
            wrapped_key: key.wrapped().to_vec(),
            name: key.seal(NAME, line.name.text().as_bytes()).as_bytes().to_vec(),
            role: line.role,
            facility: line.facility,
            district: line.district,
            state: line.state,
            active: line.active,
        }
    }

    /// Enrols the people of a list: all of them, or none. It is on record that each of them came by it,
    /// except who was there before. In a dry run nothing is.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] unless the actor imports.
    pub async fn import_beneficiaries(
        &self,
        ctx: &Ctx,
        lines: &[BeneficiaryLine],
        file: &ListFile,
        run: Run,
    ) -> Result<ListImport> {
        ctx.allow_somewhere(Permission::Import)?;
        self.check_list_place(file)?;
        let person = |line: &'_ BeneficiaryLine| {
            // The document names the person: the same list imported twice enrols once.
            Some(format!("import {}", line.details.document.index_text()))
        };
        let people: Vec<_> =
            lines.iter().map(|line| (&line.mobile, &line.details, person(line))).collect();
        let mut enrolments = self.enrolments(ctx, &people).await?;
        if run == Run::Dry {
            let refused = self.store.enrol_all(&enrolments, run).await?.err();
            return Ok(ListImport { list: None, refused: refused.unwrap_or_default() });
        }
        let list = self.store.put_list(&file.list(lines.len(), ctx.now)).await?.number;
        for enrolment in &mut enrolments {
            enrolment.beneficiary.list = Some(list);
        }
        if let Err(refused) = self.store.enrol_all(&enrolments, run).await? {
            // Nobody came by it, unless it came before.
            self.store.drop_list(list).await?;
            return Ok(ListImport { list: None, refused });
        }
        Ok(ListImport { list: Some(list), refused: Vec::new() })
    }

    /// Says whether the place that a list is said to be for is known.
    fn check_list_place(&self, file: &ListFile) -> Result<()> {
        let known = |id| self.inventory.facility(id).is_some();
        if file.facility.is_some_and(|id| !known(id)) {
            return Err(Error::Invalid("the facility that the list is for is not known"));
        }
        let geography = self.geography();
        if file.district.is_some_and(|id| geography.district(id).is_none()) {
            return Err(Error::Invalid("the district that the list is for is not known"));
        }
        Ok(())
    }

    /// Puts a rules file in force.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if it cannot be read.
    pub async fn put_rules(&self, ctx: &Ctx, text: &str) -> Result<()> {
        ctx.only_operator()?;
        let programme =
            rules::read(text).map_err(|_| Error::Invalid("the rules file cannot be used"))?;
        let kept = RulesFile {
            version: programme.version.clone(),
            text: text.to_owned(),
            put_at: ctx.now,
        };
        self.store.put_rules(&kept).await?;
        self.programme.store(std::sync::Arc::new(programme));
        self.rules_were(text);
        Ok(())
    }
}

/// A file of people that somebody prepared for us. Its name is nowhere kept.
#[derive(Clone, Copy, Debug)]
pub struct ListFile {
    /// SHA-256 of the file.
    pub digest: [u8; 32],
    /// Whose people they are, if it is known.
    pub facility: Option<FacilityId>,
    /// The same of a district.
    pub district: Option<DistrictId>,
}

impl ListFile {
    /// A file, of people of nowhere in particular.
    pub fn of(bytes: &[u8]) -> Self {
        let mut digest = [0; 32];
        digest
            .copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref());
        Self { digest, facility: None, district: None }
    }

    fn list(&self, rows: usize, came_at: Timestamp) -> NewList {
        let Self { digest, facility, district } = *self;
        NewList { digest, rows: rows as u64, facility, district, came_at }
    }
}

/// What became of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListImport {
    /// Its number, if its people are enrolled.
    pub list: Option<ListNo>,
    /// The rows that stand in the way, counted from 0.
    pub refused: Vec<(usize, NotEnrolled)>,
}

/// Whether two rows of one account let it do different things.
fn may_other(before: &StaffRow, after: &StaffRow) -> bool {
    let may = |row: &StaffRow| (row.role, row.facility, row.district, row.state, row.active);
    may(before) != may(after)
}
