//! Counts for dashboards. Source: the contract, section 1.5; days are yyyy-mm-dd here.

use app::reports::{Doses, Report, Scope};
use axum::{
    Json,
    extract::{RawQuery, State},
};
use domain::id::{DistrictId, FacilityId, StateId};
use jiff::{ToSpan, civil::Date};
use serde_json::{Value, json};

use super::{
    error::{Answer, missing},
    public::positive,
};
use crate::{Web, caller::Caller, form::Query};

/// What is asked: everything may be left empty.
fn scope(query: &Query, today: Date) -> Answer<(Scope, Date)> {
    let number = |name| {
        query.get(name).map(|text| positive(text).ok_or(())).transpose().map_err(|()| missing())
    };
    let scope = Scope {
        state: number("state_id")?.map(StateId),
        district: number("district_id")?.map(DistrictId),
    };
    let day = query.get("date").map(str::parse::<Date>).transpose().map_err(|_| missing())?;
    Ok((scope, day.unwrap_or(today)))
}

fn vaccine(doses: &Doses, name: &str) -> i64 {
    doses.by_vaccine.get(name).copied().unwrap_or(0)
}

fn number(doses: &Doses, number: u8) -> i64 {
    doses.by_number.get(&number).copied().unwrap_or(0)
}

fn gender(doses: &Doses, label: &str) -> i64 {
    doses.by_gender.get(label).copied().unwrap_or(0)
}

fn age(doses: &Doses, bands: &[i16]) -> i64 {
    bands.iter().filter_map(|band| doses.by_age.get(band)).sum()
}

pub(super) async fn public_reports(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Answer<Json<Value>> {
    let query = Query::parse(query.as_deref());
    let (scope, today) = scope(&query, caller.ctx.today())?;
    let report = web.0.platform.report(&caller.ctx, scope, today).await;
    let report = report.map_err(|error| web.fault(error))?;
    let empty = Doses::default();
    let now = report.by_day.get(&today).unwrap_or(&empty);
    let label = match scope {
        Scope { district: Some(_), .. } => "District",
        Scope { state: Some(_), .. } => "State",
        _ => "India",
    };
    Ok(Json(json!({
        "topBlock": top_block(&report, now, today),
        "vaccinationDoneByTime": by_time(now, today),
        "last7DaysRegistration": last_days(today, 7, |day| registered_on(&report, day)),
        "last7DaysVaccination": last_days(today, 7, |day| vaccinated_on(&report, day)),
        "last5daySessionStatus": last_days(today, 30, |day| sessions_on(&report, day, today)),
        "getBeneficiariesGroupBy": groups(&web, &report, scope),
        "vaccinationByAge": {
            "total": report.doses.total,
            "vac_12_14": age(&report.doses, &[12]),
            "vac_15_17": age(&report.doses, &[15]),
            "vac_18_30": age(&report.doses, &[18]),
            "vac_30_45": age(&report.doses, &[30]),
            "vac_45_60": age(&report.doses, &[45]),
            "above_60": age(&report.doses, &[60]),
        },
        "reportFor": label,
        "aefiPercentage": percentage(report.doses.aefi, report.doses.total),
        "timestamp": caller.ctx.now.to_string(),
    })))
}

fn top_block(report: &Report, now: &Doses, today: Date) -> Value {
    let doses = &report.doses;
    let (facilities, paid) = report.facilities;
    let sessions: usize = report.sessions.values().map(|count| count.0).sum();
    let paid_sessions: usize = report.sessions.values().map(|count| count.1).sum();
    let sessions_today = report.sessions.get(&today).map_or(0, |count| count.0);
    let registered = |label: Option<&str>, day: Option<Date>| -> i64 {
        let fits = |key: &(Date, String, i16)| {
            label.is_none_or(|label| key.1 == label) && day.is_none_or(|day| key.0 == day)
        };
        report.registered.iter().filter(|(key, _)| fits(key)).map(|(_, count)| count).sum()
    };
    json!({
        "sites": {
            "total": facilities,
            "govt": facilities - paid,
            "pvt": paid,
            "today": report.facilities_on_day,
        },
        "sessions": {
            "total": sessions,
            "govt": sessions - paid_sessions,
            "pvt": paid_sessions,
            "today": sessions_today,
        },
        "registration": {
            "total": registered(None, None),
            "male": registered(Some("Male"), None),
            "female": registered(Some("Female"), None),
            "others": registered(Some("Others"), None),
            "today": registered(None, Some(today)),
        },
        "vaccination": {
            "total": doses.total,
            "male": gender(doses, "Male"),
            "female": gender(doses, "Female"),
            "others": gender(doses, "Others"),
            "covishield": vaccine(doses, "COVISHIELD"),
            "covaxin": vaccine(doses, "COVAXIN"),
            "sputnik": vaccine(doses, "SPUTNIK V"),
            "today": now.total,
            "tot_dose_1": number(doses, 1),
            "tot_dose_2": number(doses, 2),
            "total_doses": doses.total,
            "aefi": doses.aefi,
            "today_dose_one": number(now, 1),
            "today_dose_two": number(now, 2),
            "today_male": gender(now, "Male"),
            "today_female": gender(now, "Female"),
            "today_others": gender(now, "Others"),
            "today_aefi": now.aefi,
        },
    })
}

/// Counts are kept by the day, so the day is one span.
fn by_time(now: &Doses, today: Date) -> Value {
    json!([{
        "ts": format!("{today}T00:00:00"),
        "timestamps": "00:00",
        "label": today.to_string(),
        "count": now.total,
        "dose_one": number(now, 1),
        "dose_two": number(now, 2),
    }])
}

fn last_days(today: Date, days: i64, one: impl Fn(Date) -> Value) -> Value {
    (0..days).rev().map(|back| one(today.saturating_sub(back.days()))).collect()
}

fn registered_on(report: &Report, day: Date) -> Value {
    let count = |label: Option<&str>| -> i64 {
        let rows = report.registered.iter().filter(|(key, _)| key.0 == day);
        let rows = rows.filter(|(key, _)| label.is_none_or(|label| key.1 == label));
        rows.map(|(_, count)| count).sum()
    };
    json!({
        "reg_date": day.to_string(),
        "total": count(None),
        "male": count(Some("Male")),
        "female": count(Some("Female")),
        "others": count(Some("Others")),
    })
}

fn vaccinated_on(report: &Report, day: Date) -> Value {
    let empty = Doses::default();
    let doses = report.by_day.get(&day).unwrap_or(&empty);
    json!({
        "vaccine_date": day.to_string(),
        "count": doses.total,
        "dose_one": number(doses, 1),
        "dose_two": number(doses, 2),
        "covishield": vaccine(doses, "COVISHIELD"),
        "covaxin": vaccine(doses, "COVAXIN"),
        "aefi": doses.aefi,
    })
}

fn sessions_on(report: &Report, day: Date, today: Date) -> Value {
    let total = report.sessions.get(&day).map_or(0, |count| count.0);
    let planned = if day > today { total } else { 0 };
    let ongoing = if day == today { total } else { 0 };
    json!({
        "session_date": day.to_string(),
        "total": total,
        "planned": planned,
        "ongoing": ongoing,
        "completed": total - planned - ongoing,
    })
}

fn groups(web: &Web, report: &Report, scope: Scope) -> Value {
    let geography = web.0.platform.geography();
    let inventory = web.0.platform.inventory();
    let one = |(place, doses): (&i64, &Doses)| {
        let id = i32::try_from(*place).unwrap_or(0);
        let name = match scope {
            Scope { district: Some(_), .. } => {
                inventory.facility(FacilityId(*place)).map(|facility| facility.name.clone())
            }
            Scope { state: Some(_), .. } => {
                geography.district(DistrictId(id)).map(|district| district.name.clone())
            }
            _ => geography.state(StateId(id)).map(|state| state.name.clone()),
        };
        let name = name.unwrap_or_default();
        let mut row = json!({
            "session_site_id": place,
            "title": name,
            "session_site_name": name,
            "total": doses.total,
            "partial_vaccinated": number(doses, 1),
            "totally_vaccinated": number(doses, 2),
            "today": report.by_place_on_day.get(place).copied().unwrap_or(0),
        });
        if scope.state.is_none()
            && scope.district.is_none()
            && let Some(row) = row.as_object_mut()
        {
            row.insert("state_id".to_owned(), (*place).into());
            row.insert("state_name".to_owned(), row["title"].clone());
        }
        row
    };
    report.by_place.iter().map(one).collect()
}

fn percentage(part: i64, whole: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a share for people to read")]
    let share = if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 };
    (share * 1_000.0).round() / 1_000.0
}

pub(super) async fn vaccination_reports(
    State(web): State<Web>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Answer<Json<Value>> {
    let query = Query::parse(query.as_deref());
    let (scope, today) = scope(&query, caller.ctx.today())?;
    let report = web.0.platform.report(&caller.ctx, scope, today).await;
    let report = report.map_err(|error| web.fault(error))?;
    let weeks = (0..5_i64).rev().map(|back| {
        let end = today.saturating_sub((back * 7).days());
        (end.saturating_sub(6.days()), end)
    });
    let sum = |(start, end): (Date, Date), count: &dyn Fn(&Doses) -> i64| -> i64 {
        report.by_day.range(start..=end).map(|(_, doses)| count(doses)).sum()
    };
    let weekly = weeks.clone().map(|week| {
        json!({
            "label": format!("{} - {}", week.0, week.1),
            "total": sum(week, &|doses| doses.total),
            "dose1": sum(week, &|doses| number(doses, 1)),
            "dose2": sum(week, &|doses| number(doses, 2)),
        })
    });
    let by_age = weeks.clone().map(|week| {
        json!({
            "label": format!("{} - {}", week.0, week.1),
            "startdate": week.0.to_string(),
            "enddate": week.1.to_string(),
            "vac_18_45": sum(week, &|doses| age(doses, &[18, 30])),
            "vac_45_60": sum(week, &|doses| age(doses, &[45])),
            "vac_60_above": sum(week, &|doses| age(doses, &[60])),
        })
    });
    let registered = weeks.map(|week| registrations(&report, week));
    Ok(Json(json!({
        "weeklyReport": weekly.collect::<Value>(),
        "weeklyVacAgeWiseReport": by_age.collect::<Value>(),
        "regWeekReportData": registered.collect::<Value>(),
        "last30DaysVaccination": last_days(today, 30, |day| thirty_days(&report, day)),
        "last30DaysAgeWiseVaccination": last_days(today, 30, |day| ages_on(&report, day)),
    })))
}

fn registrations(report: &Report, (start, end): (Date, Date)) -> Value {
    let count = |fits: &dyn Fn(&str, i16) -> bool| -> i64 {
        let within = |key: &(Date, String, i16)| (start..=end).contains(&key.0);
        let rows = report.registered.iter().filter(|(key, _)| within(key));
        rows.filter(|(key, _)| fits(&key.1, key.2)).map(|(_, count)| count).sum()
    };
    json!({
        "label": format!("{start} - {end}"),
        "startdate": start.to_string(),
        "enddate": end.to_string(),
        "total": count(&|_, _| true),
        "age18": count(&|_, age| (18..45).contains(&age)),
        "age45": count(&|_, age| age == 45),
        "age60": count(&|_, age| age == 60),
        "male": count(&|gender, _| gender == "Male"),
        "female": count(&|gender, _| gender == "Female"),
        "others": count(&|gender, _| gender == "Others"),
    })
}

/// Whether a place is urban or rural is not collected.
fn thirty_days(report: &Report, day: Date) -> Value {
    let empty = Doses::default();
    let doses = report.by_day.get(&day).unwrap_or(&empty);
    json!({
        "vaccine_date": day.to_string(),
        "dose_1": number(doses, 1),
        "dose_2": number(doses, 2),
        "urban": 0,
        "rural": 0,
        "total": doses.total,
    })
}

fn ages_on(report: &Report, day: Date) -> Value {
    let empty = Doses::default();
    let doses = report.by_day.get(&day).unwrap_or(&empty);
    json!({
        "vaccine_date": day.to_string(),
        "vac_18_45": age(doses, &[18, 30]),
        "vac_45_60": age(doses, &[45]),
        "vac_60_above": age(doses, &[60]),
        "total": doses.total,
    })
}

/// The list of districts that dashboards loaded at their start.
pub(super) async fn districts(State(web): State<Web>) -> Json<Value> {
    let geography = web.0.platform.geography();
    let districts = geography.districts().iter().map(|district| {
        json!({
            "district_id": district.id.0,
            "district_name": district.name,
            "state_id": district.state.0,
        })
    });
    Json(districts.collect())
}
