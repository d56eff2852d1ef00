//! Facilities, sessions, staff and beneficiaries from files of a district.

use domain::{
    facility::{Facility, FeeType},
    id::{DistrictId, FacilityId, SessionId, StateId},
    person::{Details, Gender, IdentityDocument, Mobile, Name, parse_birth_year},
    place::{Pincode, Position},
    session::{BadSession, Channel, SeatPool, Session, SessionState, Slot},
};
use jiff::civil::{Date, Time};
use store::StaffRole;
use uuid::Uuid;

use super::{Parsed, Table, Unreadable, listed, table::Row};
use crate::geography::Geography;

/// A line of a staff list.
///
/// # Privacy
///
/// Holds a name and a mobile: for sealing, so it has no Debug.
pub struct StaffLine {
    /// Name.
    pub name: Name,
    /// How they sign in.
    pub mobile: Mobile,
    /// What they are.
    pub role: StaffRole,
    /// Where, for those of a facility.
    pub facility: Option<FacilityId>,
    /// Where, for those of a district.
    pub district: Option<DistrictId>,
    /// Where, for those of a state.
    pub state: Option<StateId>,
    /// Whether they may sign in: yes, if the file does not say.
    pub active: bool,
}

/// A line of a beneficiary list.
///
/// # Privacy
///
/// Holds a person's details: for sealing, so it has no Debug.
pub struct BeneficiaryLine {
    /// Whose mobile they use.
    pub mobile: Mobile,
    /// What is collected about them.
    pub details: Details,
}

type Cell<T> = Result<T, (String, String)>;

fn need(table: &Table, columns: &[&str], expected: &'static str) -> Result<(), Unreadable> {
    if table.has(columns) { Ok(()) } else { Err(Unreadable::Columns(expected)) }
}

fn number<T: std::str::FromStr>(row: &Row<'_>, column: &str) -> Cell<T> {
    row.read(column, "a number", |cell| cell.parse().ok())
}

fn optional<T>(
    row: &Row<'_>,
    column: &str,
    expected: &str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Cell<Option<T>> {
    if row.cell(&[column]).is_empty() {
        Ok(None)
    } else {
        row.read(column, expected, read).map(Some)
    }
}

fn clock_time(cell: &str) -> Option<Time> {
    cell.parse().ok()
}

/// A day as people write it: year first, or day first.
fn day(cell: &str) -> Option<Date> {
    cell.parse().ok().or_else(|| Date::strptime("%d-%m-%Y", cell).ok())
}

/// Reads facilities.
///
/// # Errors
///
/// [`Unreadable::Columns`] if a column is missing.
pub fn facilities(table: &Table, geography: &Geography) -> Result<Parsed<Facility>, Unreadable> {
    const COLUMNS: &str = "center_id, name, district_id, pincode, and if known address, block_name, \
        lat, long, from, to, fee_type";
    need(table, &["center_id", "name", "district_id", "pincode"], COLUMNS)?;
    let mut parsed = Parsed::from_rows("facilities", table, listed("facilities"), |row| {
        let degrees = |column| optional(row, column, "degrees", |cell| cell.parse::<f64>().ok());
        let position = match (degrees("lat")?, degrees("long")?) {
            (Some(latitude), Some(longitude)) => {
                let known = Position::in_country(latitude, longitude);
                Some(known.ok_or_else(|| ("lat".to_owned(), "a point in the country".to_owned()))?)
            }
            _ => None,
        };
        let time = |column, otherwise| {
            let read = optional(row, column, "a time such as 09:00", clock_time)?;
            Ok::<_, (String, String)>(read.unwrap_or(otherwise))
        };
        Ok(Facility {
            id: FacilityId(row.read("center_id", "a number above zero", |cell| {
                cell.parse().ok().filter(|id| (1..1 << 52).contains(id))
            })?),
            name: row.read("name", "a name", short)?,
            address: row.cell(&["address"]).to_owned(),
            block: row.cell(&["block_name", "block"]).to_owned(),
            district: row.read("district_id", "the number of a known district", |cell| {
                let id = cell.parse().ok().map(DistrictId)?;
                geography.district(id).map(|district| district.id)
            })?,
            pincode: row.read("pincode", "six digits", Pincode::parse)?,
            position,
            opens: time("from", Time::constant(9, 0, 0, 0))?,
            closes: time("to", Time::constant(18, 0, 0, 0))?,
            fee_type: optional(row, "fee_type", "Free or Paid", FeeType::from_label)?
                .unwrap_or(FeeType::Free),
        })
    });
    parsed.complain_of_repeats("center_id", |facility| facility.id);
    parsed.says_what_is_dropped(table, listed("facilities"));
    Ok(parsed)
}

fn short(cell: &str) -> Option<String> {
    (!cell.is_empty() && cell.chars().count() <= 200).then(|| cell.to_owned())
}

/// Reads sessions. A session without an id gets one that follows from facility, day, vaccine and
/// age, so that the same file imported twice publishes once.
///
/// # Errors
///
/// [`Unreadable::Columns`] if a column is missing.
pub fn sessions(table: &Table) -> Result<Parsed<Session>, Unreadable> {
    const COLUMNS: &str = "center_id, date, vaccine, min_age_limit, slots, and capacities: \
        online_dose1, online_dose2, online_dose3, onsite_dose1, onsite_dose2, onsite_dose3";
    need(table, &["center_id", "date", "vaccine", "min_age_limit", "slots"], COLUMNS)?;
    let mut parsed = Parsed::from_rows("sessions", table, listed("sessions"), |row| {
        let facility = FacilityId(number(row, "center_id")?);
        let on = row.read("date", "a date such as 2021-05-01", day)?;
        let vaccine = row.read("vaccine", "a name", short)?.to_uppercase();
        let min_age = number(row, "min_age_limit")?;
        let id = optional(row, "session_id", "a UUID", |cell| Uuid::try_parse(cell).ok())?;
        let pools = pools(row)?;
        let slots = row.read("slots", "09:00-11:00|11:00-13:00", slots)?;
        let named = format!("{}|{on}|{vaccine}|{min_age}", facility.0);
        let session = Session {
            id: SessionId(
                id.unwrap_or_else(|| Uuid::new_v5(&Uuid::NAMESPACE_OID, named.as_bytes())),
            ),
            facility,
            on,
            vaccine,
            min_age,
            max_age: optional(row, "max_age_limit", "a number", |cell| cell.parse().ok())?,
            fee: optional(row, "fee", "rupees", |cell| cell.parse().ok())?.unwrap_or(0),
            state: SessionState::Open,
            slots,
            pools,
        };
        session.check().map_err(|why| (column_of(why).to_owned(), why.to_string()))?;
        Ok(session)
    });
    let column = if table.has(&["session_id"]) { "session_id" } else { "min_age_limit" };
    parsed.complain_of_repeats(column, |session| session.id);
    parsed.says_what_is_dropped(table, listed("sessions"));
    Ok(parsed)
}

/// The column that a complaint about a session is about.
const fn column_of(why: BadSession) -> &'static str {
    match why {
        BadSession::Slots | BadSession::SlotOrder => "slots",
        BadSession::Ages => "max_age_limit",
        BadSession::Seats | BadSession::Pool => "online_dose1",
    }
}

fn pools(row: &Row<'_>) -> Cell<Vec<SeatPool>> {
    const COLUMNS: [(&str, Channel, u8); 6] = [
        ("online_dose1", Channel::Online, 1),
        ("online_dose2", Channel::Online, 2),
        ("online_dose3", Channel::Online, 3),
        ("onsite_dose1", Channel::OnSite, 1),
        ("onsite_dose2", Channel::OnSite, 2),
        ("onsite_dose3", Channel::OnSite, 3),
    ];
    let mut pools = Vec::new();
    for (column, channel, dose_number) in COLUMNS {
        let capacity = optional(row, column, "a number of seats", |cell| cell.parse().ok())?;
        let capacity = capacity.unwrap_or(0);
        pools.push(SeatPool { channel, dose_number, slot: None, capacity });
    }
    Ok(pools)
}

fn slots(cell: &str) -> Option<Vec<Slot>> {
    let slot = |part: &str| {
        let (from, to) = part.split_once('-')?;
        Some(Slot { from: clock_time(from.trim())?, to: clock_time(to.trim())? })
    };
    cell.split('|').map(slot).collect()
}

/// Reads staff.
///
/// # Errors
///
/// [`Unreadable::Columns`] if a column is missing.
pub fn staff(table: &Table, geography: &Geography) -> Result<Parsed<StaffLine>, Unreadable> {
    const COLUMNS: &str = "name, mobile, role, and center_id, district_id or state_id by role";
    need(table, &["name", "mobile", "role"], COLUMNS)?;
    let mut parsed = Parsed::from_rows("staff", table, listed("staff"), |row| {
        let words = "vaccinator, facility_manager, district_officer or auditor";
        let role = row.read("role", words, StaffRole::from_word)?;
        let facility = optional(row, "center_id", "a number", |c| c.parse().ok().map(FacilityId))?;
        let district = optional(row, "district_id", "the number of a known district", |cell| {
            geography.district(DistrictId(cell.parse().ok()?)).map(|district| district.id)
        })?;
        let missing = |column: &str| Err((column.to_owned(), "required for this role".to_owned()));
        match role {
            StaffRole::Vaccinator | StaffRole::FacilityManager if facility.is_none() => {
                return missing("center_id");
            }
            StaffRole::DistrictOfficer if district.is_none() => return missing("district_id"),
            _ => {}
        }
        Ok(StaffLine {
            name: row.read("name", "a name", |cell| Name::parse(cell).ok())?,
            mobile: row.read("mobile", "ten digits", |cell| Mobile::parse(cell).ok())?,
            role,
            facility,
            district,
            state: optional(row, "state_id", "a number", |c| c.parse().ok().map(StateId))?,
            active: optional(row, "active", "yes or no", yes_or_no)?.unwrap_or(true),
        })
    });
    parsed.complain_of_repeats("mobile", |line| line.mobile.digits().to_owned());
    parsed.says_what_is_dropped(table, listed("staff"));
    Ok(parsed)
}

fn yes_or_no(cell: &str) -> Option<bool> {
    match cell.trim() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// Reads beneficiaries.
///
/// # Errors
///
/// [`Unreadable::Columns`] if a column is missing.
pub fn beneficiaries(table: &Table, today: Date) -> Result<Parsed<BeneficiaryLine>, Unreadable> {
    const COLUMNS: &str = "name, birth_year, gender, mobile, photo_id_type, photo_id_number";
    const NEEDED: [&str; 6] =
        ["name", "birth_year", "gender", "mobile", "photo_id_type", "photo_id_number"];
    need(table, &NEEDED, COLUMNS)?;
    let mut parsed = Parsed::from_rows("beneficiaries", table, listed("beneficiaries"), |row| {
        let expect =
            |column: &str, why: domain::person::BadDetail| (column.to_owned(), why.to_string());
        let kind = row.read("photo_id_type", "a number from 1 to 13", |cell| cell.parse().ok())?;
        let document = IdentityDocument::parse(kind, row.cell(&["photo_id_number"]))
            .map_err(|why| expect("photo_id_number", why))?;
        let gender = row.cell(&["gender"]);
        let gender = gender
            .parse()
            .map_or_else(|_| Gender::from_label(gender), Gender::from_number)
            .map_err(|why| expect("gender", why))?;
        Ok(BeneficiaryLine {
            mobile: Mobile::parse(row.cell(&["mobile"])).map_err(|why| expect("mobile", why))?,
            details: Details {
                name: Name::parse(row.cell(&["name"])).map_err(|why| expect("name", why))?,
                birth_year: parse_birth_year(row.cell(&["birth_year"]), today.year())
                    .map_err(|why| expect("birth_year", why))?,
                gender,
                document,
                comorbidity: row.cell(&["comorbidity_ind"]).eq_ignore_ascii_case("y"),
            },
        })
    });
    parsed.complain_of_repeats("photo_id_number", |line| line.details.document.index_text());
    parsed.says_what_is_dropped(table, listed("beneficiaries"));
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_address_or_a_test_result_never_becomes_a_record() {
        let table = Table::read(
            b"name,birth_year,gender,mobile,photo_id_type,photo_id_number,Address,RT-PCR Result\n\
              Asha Demo,1980,Female,6000000001,1,123412341234,12 Some Street,positive\n\
              Asha Demo,80,Female,6000000001,1,123412341234,,\n",
        )
        .unwrap();
        let parsed = beneficiaries(&table, date(2021, 5, 1)).unwrap();
        assert_eq!(parsed.rows.len(), 1);
        assert_eq!(parsed.dropped, ["address", "rt_pcr_result"]);
        assert_eq!((parsed.errors[0].row, parsed.errors[0].column.as_str()), (3, "birth_year"));
        assert!(!parsed.errors[0].expected.contains("80"));
    }

    #[test]
    fn what_is_no_column_of_a_staff_list_is_dropped_and_that_is_said() {
        let table = Table::read(
            b"name,mobile,role,center_id,home address,blood group\n\
              Meera Pillai,6000000002,vaccinator,5,12 Some Street,AB\n",
        );
        let parsed = staff(&table.unwrap(), &Geography::default()).unwrap();
        assert_eq!((parsed.rows.len(), parsed.errors.len()), (1, 0));
        assert_eq!(parsed.dropped, ["home_address", "another column"]);
    }

    /// What is listed is read, too: each name stands in the readers.
    #[test]
    fn no_column_is_listed_that_nobody_reads() {
        let readers = concat!(include_str!("records.rs"), include_str!("places.rs"));
        for shape in domain::manifest::IMPORTS.shapes {
            for (name, _) in shape.each() {
                let known = readers.contains(&format!("\"{name}\""));
                assert!(known || name == "state_name_in_english", "{}.{name}", shape.name);
            }
        }
    }

    #[test]
    fn the_same_session_file_means_the_same_sessions() {
        let file = b"center_id,date,vaccine,min_age_limit,slots,online_dose1\n\
              5,01-05-2021,covishield,18,09:00-11:00|11:00-13:00,50\n\
              5,01-05-2021,covishield,18,11:00-09:00,50\n";
        let parsed = sessions(&Table::read(file).unwrap()).unwrap();
        let again = sessions(&Table::read(file).unwrap()).unwrap();
        assert_eq!(parsed.rows, again.rows);
        assert_eq!(parsed.rows[0].slots.len(), 2);
        assert_eq!(parsed.errors[0].row, 3);
    }
}
