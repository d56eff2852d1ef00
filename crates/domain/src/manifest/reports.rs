//! What the reports give: counts of places and days.

use super::{
    datum::Datum::Count,
    shape::{Shape, shape},
};

/// What the reports give.
pub(super) static REPORTS: &[Shape] = &[
    shape("SiteCounts", &[(Count, &["total", "govt", "pvt", "today"])]),
    shape("RegistrationCounts", &[(Count, &["total", "male", "female", "others", "today"])]),
    shape(
        "VaccinationCounts",
        &[(
            Count,
            &[
                "total",
                "male",
                "female",
                "others",
                "covishield",
                "covaxin",
                "sputnik",
                "today",
                "tot_dose_1",
                "tot_dose_2",
                "total_doses",
                "aefi",
                "today_dose_one",
                "today_dose_two",
                "today_male",
                "today_female",
                "today_others",
                "today_aefi",
            ],
        )],
    ),
    shape("TopBlock", &[(Count, &["sites", "sessions", "registration", "vaccination"])]),
    shape(
        "TimeCounts",
        &[(Count, &["ts", "timestamps", "label", "count", "dose_one", "dose_two"])],
    ),
    shape("RegistrationDay", &[(Count, &["reg_date", "total", "male", "female", "others"])]),
    shape(
        "VaccinationDay",
        &[(
            Count,
            &["vaccine_date", "count", "dose_one", "dose_two", "covishield", "covaxin", "aefi"],
        )],
    ),
    shape("SessionDay", &[(Count, &["session_date", "total", "planned", "ongoing", "completed"])]),
    shape(
        "Group",
        &[(
            Count,
            &[
                "session_site_id",
                "title",
                "session_site_name",
                "total",
                "partial_vaccinated",
                "totally_vaccinated",
                "today",
                "state_id",
                "state_name",
            ],
        )],
    ),
    shape(
        "AgeCounts",
        &[(
            Count,
            &["total", "vac_12_14", "vac_15_17", "vac_18_30", "vac_30_45", "vac_45_60", "above_60"],
        )],
    ),
    shape(
        "PublicReport",
        &[(
            Count,
            &[
                "topBlock",
                "vaccinationDoneByTime",
                "last7DaysRegistration",
                "last7DaysVaccination",
                "last5daySessionStatus",
                "getBeneficiariesGroupBy",
                "vaccinationByAge",
                "reportFor",
                "aefiPercentage",
                "timestamp",
            ],
        )],
    ),
    shape("Week", &[(Count, &["label", "total", "dose1", "dose2"])]),
    shape(
        "AgeWeek",
        &[(Count, &["label", "startdate", "enddate", "vac_18_45", "vac_45_60", "vac_60_above"])],
    ),
    shape(
        "RegistrationWeek",
        &[(
            Count,
            &[
                "label",
                "startdate",
                "enddate",
                "total",
                "age18",
                "age45",
                "age60",
                "male",
                "female",
                "others",
            ],
        )],
    ),
    shape("DoseDay", &[(Count, &["vaccine_date", "dose_1", "dose_2", "urban", "rural", "total"])]),
    shape(
        "AgeDay",
        &[(Count, &["vaccine_date", "vac_18_45", "vac_45_60", "vac_60_above", "total"])],
    ),
    shape(
        "VaccinationReport",
        &[(
            Count,
            &[
                "weeklyReport",
                "weeklyVacAgeWiseReport",
                "regWeekReportData",
                "last30DaysVaccination",
                "last30DaysAgeWiseVaccination",
            ],
        )],
    ),
];
