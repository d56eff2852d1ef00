//! What is drafted for whom: CERT-In's form, the notice to each person affected, and the Board's file.
//! None of them names anybody who is affected.

use std::fmt::Write;

use jiff::Timestamp;

use super::Incident;
use crate::{Ctx, Platform, Result, clock, public_log::PublicLog};

/// A draft: the name of its file, and its text.
pub struct Draft {
    /// The name.
    pub name: &'static str,
    /// The text.
    pub text: String,
}

/// An instant as the authorities write it.
fn in_india(at: Timestamp) -> String {
    format!("{} IST", clock::time_zone().to_datetime(at).strftime("%d-%m-%Y %H:%M"))
}

/// What stands where something is not done yet.
fn or_not(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "not yet".to_owned(), in_india)
}

impl Platform {
    /// Everything that is drafted of an incident, as it stands now.
    ///
    /// # Errors
    ///
    /// As [`Platform::incident`].
    pub async fn incident_drafts(&self, ctx: &Ctx, id: uuid::Uuid) -> Result<Vec<Draft>> {
        let incident = self.incident(ctx, id).await?;
        self.record_decision(ctx, domain::id::StaffId(id), "incident-drafted").await?;
        let draft = |name, text| Draft { name, text };
        Ok(vec![
            draft("cert-in.txt", self.cert_in(&incident)),
            draft("notice.txt", notice(&incident)),
            draft("board.txt", self.board(ctx, &incident)),
        ])
    }

    /// CERT-In's form.
    ///
    /// # Source
    ///
    /// CERT-In, "Form to report incidents to CERT-In" (Annexure A of the directions of 28 April 2022).
    fn cert_in(&self, incident: &Incident) -> String {
        let Incident { said, clocks, .. } = incident;
        let address = self.settings.public_address.as_deref().unwrap_or("not public");
        let mut text = String::new();
        let mut part = |title: &str, lines: &[(&str, &str)]| {
            let _ = writeln!(text, "{title}");
            for (name, value) in lines {
                let _ = writeln!(text, "  {name}: {value}");
            }
        };
        part(
            "FORM TO REPORT INCIDENTS TO CERT-IN (incident@cert-in.org.in)",
            &[("due by", &in_india(clocks.report_by)), ("our reference", &incident.id.to_string())],
        );
        part(
            "1. Contact information of the reporter",
            &[
                ("name and role", &said.official),
                ("organization", &self.settings.issuer),
                ("contact number or e-mail", &said.contact),
            ],
        );
        part(
            "2. Basic incident details",
            &[
                ("affected entity", &self.settings.issuer),
                ("incident type", said.kind.words().english),
                ("is the affected system critical to the organization's mission", "yes"),
                ("domain or URL", address),
                ("affected systems", &said.systems),
                ("brief description", &said.what),
            ],
        );
        part(
            "3. Occurrence",
            &[
                ("detected (date and time)", &in_india(clocks.noticed_at)),
                ("confirmed (date and time)", &in_india(clocks.confirmed_at)),
                ("people affected", &incident.people.to_string()),
                ("how that is known", &incident.by),
            ],
        );
        part("4. Actions taken", &[("mitigation so far", &said.done)]);
        part(
            "5. Logs",
            &[
                ("kept in India for", "three years"),
                ("time source", "as set by the operator; see the directions, (i)"),
            ],
        );
        text
    }

    /// The Board's file.
    ///
    /// # Source
    ///
    /// DPDP Rules 2025, rule 7(2): (a) at once, (b) within 72 hours.
    fn board(&self, ctx: &Ctx, incident: &Incident) -> String {
        let Incident { said, clocks, .. } = incident;
        let log = self.log_verifier(PublicLog::Accesses).unwrap_or_else(|| "none".to_owned());
        let mut text = String::new();
        let _ = write!(
            text,
            "INTIMATION OF A PERSONAL DATA BREACH TO THE DATA PROTECTION BOARD\n\
             (DPDP Act 2023, section 8(6); DPDP Rules 2025, rule 7(2))\n\
             our reference: {}\ndrafted: {}\ndue by: {}\n\n\
             (a) Description\n  nature: {}\n  extent: {} people\n  timing: noticed {}, confirmed {}\n  \
             location: {}\n  likely impact: {}\n\n\
             (b)(i) Events, circumstances and reasons\n  {}\n\n\
             (b)(ii) Measures taken or proposed to mitigate risk\n  {}\n\n\
             (b)(iii) Findings about who caused it\n  whom it affects is known by: {}\n  \
             entries that can no longer be read, as the people were erased since: {}\n  \
             the ledger of accesses can be checked with the key {log}\n\n\
             (b)(iv) Remedial measures to prevent recurrence\n  {}\n\n\
             (b)(v) Intimations given to those affected\n  sent to the outbox: {}\n  people: {}\n  \
             text: as in notice.txt\n  CERT-In was told: {}\n\n\
             Contact: {}, {}\n",
            incident.id,
            in_india(ctx.now),
            in_india(clocks.file_by),
            said.kind.words().english,
            incident.people,
            in_india(clocks.noticed_at),
            in_india(clocks.confirmed_at),
            said.systems,
            said.advice,
            said.what,
            said.done,
            incident.by,
            incident.unread,
            said.done,
            or_not(incident.told_at),
            incident.people,
            or_not(incident.reported_at),
            said.official,
            said.contact,
        );
        text
    }
}

/// What everybody affected is sent.
///
/// # Source
///
/// DPDP Rules 2025, rule 7(1): what happened, what follows, what is done about it, what one can do, and
/// who answers.
pub(super) fn notice(incident: &Incident) -> String {
    let said = &incident.said;
    format!(
        "Notice under the DPDP Act about your vaccination record. What happened ({}, noticed {}): {} \
         What was done: {} What it means for you: {} Questions: {}, {}. - CoWIN",
        said.kind.words().english.to_lowercase(),
        in_india(incident.clocks.noticed_at),
        said.what.trim(),
        said.done.trim(),
        said.advice.trim(),
        said.official.trim(),
        said.contact.trim(),
    )
}
