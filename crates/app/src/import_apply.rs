//! Writing what was read from files: all rows of a file, or none.

use domain::{facility::Facility, id::StaffId, session::Session};
use store::{Enrolment, NotEnrolled, RulesFile, Run, StaffRow};
use uuid::Uuid;
use vault::{Index, PersonId};

use crate::{
    Actor, Ctx, Error, Platform, Result,
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
        only_operator(ctx)?;
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
        only_operator(ctx)?;
        let rows: Vec<_> = staff.iter().map(|line| self.seal_staff(line)).collect();
        Ok(self.store.put_staff(&rows).await?)
    }

    fn seal_staff(&self, line: &StaffLine) -> StaffRow {
        let index = self.vault.index(Index::StaffMobile, line.mobile.digits());
        // The same person in two files is the same person.
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, &index.0);
        let key = self.vault.make_person_key(PersonId(id.into_bytes()));
        StaffRow {
            id: StaffId(id),
            mobile_index: index.0,
            wrapped_key: key.wrapped().to_vec(),
            name: key.seal(NAME, line.name.text().as_bytes()).as_bytes().to_vec(),
            role: line.role,
            facility: line.facility,
            district: line.district,
            state: line.state,
            active: true,
        }
    }

    /// Enrols the people of a list: all of them, or none. Gives the rows that stand in the way,
    /// counted from 0; in a dry run too.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] unless the actor imports.
    pub async fn import_beneficiaries(
        &self,
        ctx: &Ctx,
        lines: &[BeneficiaryLine],
        run: Run,
    ) -> Result<Vec<(usize, NotEnrolled)>> {
        ctx.allow_somewhere(Permission::Import)?;
        let enrolments: Vec<Enrolment> = lines
            .iter()
            .map(|line| {
                // The document names the person: the same list imported twice enrols once.
                let key = format!("import {}", line.details.document.index_text());
                self.enrolment(ctx, &line.mobile, &line.details, Some(&key))
            })
            .collect();
        match self.store.enrol_all(&enrolments, run).await? {
            Ok(()) => Ok(Vec::new()),
            Err(refused) => Ok(refused),
        }
    }

    /// Puts a rules file in force.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if it cannot be read.
    pub async fn put_rules(&self, ctx: &Ctx, text: &str) -> Result<()> {
        only_operator(ctx)?;
        let programme =
            rules::read(text).map_err(|_| Error::Invalid("the rules file cannot be used"))?;
        let kept = RulesFile {
            version: programme.version.clone(),
            text: text.to_owned(),
            put_at: ctx.now,
        };
        self.store.put_rules(&kept).await?;
        self.programme.store(std::sync::Arc::new(programme));
        Ok(())
    }
}

fn only_operator(ctx: &Ctx) -> Result<()> {
    match ctx.actor {
        Actor::System => Ok(()),
        Actor::Anyone => Err(Error::Unauthenticated),
        _ => Err(Error::Forbidden),
    }
}
