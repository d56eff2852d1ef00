//! What every store does, written once and run on each: every method, each of its outcomes. Tests
//! run it on the stores that they start, `teeka doctor` on the one that an operator names.
//!
//! A part panics where a store does something else.

#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a part that fails says where")]

mod access;
mod appointments;
mod care;
mod corrections;
mod doses;
mod duties;
mod erasures;
mod factors;
pub mod fixture;
mod keys;
mod lists;
mod merges;
mod owed;
mod people;
pub mod play;
mod reported;
mod sign_in;
mod status;
mod travel;
mod wallet;
mod watch;

use std::{future::Future, path::PathBuf, pin::Pin, sync::Arc};

use crate::Store;

/// What a part stands on.
pub struct Ground {
    /// An empty store.
    pub store: Arc<dyn Store>,
    /// Another one, for the part that copies.
    pub empty: Option<Arc<dyn Store>>,
    /// An empty folder, for the part that copies.
    pub folder: PathBuf,
}

type Body = for<'a> fn(&'a Ground) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Something that every store does.
pub struct Part {
    /// What it does, with underscores.
    pub name: &'static str,
    /// Whether it needs another empty store.
    pub copies: bool,
    run: Body,
}

impl Part {
    /// Runs it, and then compares the store with itself.
    ///
    /// # Panics
    ///
    /// If the store does something else.
    pub async fn run(&self, ground: &Ground) {
        (self.run)(ground).await;
        let audit = ground.store.audit().await.unwrap();
        assert!(audit.holds() && audit.in_motion == 0, "{audit:?}");
    }
}

macro_rules! parts {
    ($($room:ident::$name:ident),+ $(,)?) => {
        /// All parts.
        pub const PARTS: &[Part] = &[
            Part {
                name: "a_copy_is_whole",
                copies: true,
                run: |ground| {
                    let empty = ground.empty.as_ref().expect("another store");
                    Box::pin(care::a_copy_is_whole(&ground.store, empty, &ground.folder))
                },
            },
            $(Part {
                name: stringify!($name),
                copies: false,
                run: |ground| Box::pin($room::$name(&ground.store)),
            }),+
        ];
    };
}

parts!(
    access::accesses_are_kept_in_one_list_for_each_person,
    access::an_access_that_does_not_follow_is_not_kept,
    access::many_who_record_at_once_do_not_fork_a_list,
    access::a_plan_of_leaves_outlives_who_made_it,
    access::who_comes_late_with_a_plan_changes_nothing,
    care::expired_things_are_swept,
    care::messages_are_leased_once_and_retried,
    care::places_rules_and_counts_are_kept,
    people::people_are_enrolled_within_their_limits,
    people::a_repeated_enrolment_is_known_by_its_key,
    people::all_or_none_are_enrolled,
    people::details_change_until_the_first_dose,
    people::a_person_goes_when_nothing_holds_them,
    appointments::seats_are_given_to_all_of_a_group_or_none,
    appointments::a_repeated_request_has_the_same_answer,
    appointments::an_appointment_moves_and_its_old_seat_is_free,
    appointments::a_cancelled_seat_is_free_and_cancelling_twice_is_harmless,
    appointments::sessions_change_within_their_bounds,
    appointments::many_at_once_never_oversell,
    doses::a_dose_is_recorded_once_in_its_place,
    doses::a_dose_elsewhere_gives_the_seat_back,
    doses::a_dose_is_undone_within_the_hour,
    doses::an_adverse_event_needs_a_dose,
    corrections::a_correction_withdraws_and_reissues_at_once,
    corrections::a_correction_keeps_to_its_limits,
    corrections::two_corrections_at_once_do_not_cross,
    corrections::a_dose_signed_from_other_details_is_refused,
    corrections::withdrawn_certificates_are_listed_in_order,
    erasures::an_erasure_is_asked_once_and_can_be_taken_back,
    erasures::who_is_erased_is_gone_and_their_doses_count_on,
    erasures::an_account_goes_with_its_last_person,
    erasures::what_is_under_way_is_ended_first,
    erasures::an_appointment_that_was_missed_stands_in_the_way_of_no_erasure,
    duties::what_is_past_its_time_goes_some_at_a_time,
    duties::a_list_of_accesses_keeps_its_end_and_what_is_held,
    duties::a_record_that_is_held_is_not_erased,
    duties::what_needs_two_is_let_go_by_two,
    duties::a_clock_is_believed_step_by_step_and_confirmed_at_once,
    duties::an_incident_is_kept_and_each_step_is_marked_once,
    duties::lists_with_an_access_in_a_span_are_found,
    keys::every_wrapped_key_is_read_once,
    keys::a_wrapped_key_is_replaced_only_as_it_was_read,
    lists::a_list_is_kept_once_and_forgotten_only_while_nobody_came_by_it,
    lists::people_are_counted_by_place_and_list,
    lists::who_came_by_a_list_keeps_it_in_a_merge_and_takes_it_along_when_erased,
    lists::staff_are_listed_with_their_places,
    merges::two_records_become_one_with_new_numbers_and_certificates,
    merges::two_records_of_one_account_become_one,
    merges::a_dose_that_both_have_is_there_once,
    merges::a_merge_settles_what_was_owed,
    merges::a_record_that_went_can_do_nothing_any_more,
    merges::records_in_use_or_changed_are_not_merged,
    merges::an_appointment_that_was_missed_stands_in_the_way_of_no_merge,
    merges::a_repeated_merge_is_known,
    merges::two_merges_at_once_do_not_cross,
    owed::a_dose_is_recorded_without_its_certificate_which_is_owed,
    owed::what_is_owed_is_listed_in_order,
    owed::a_late_certificate_is_kept_once,
    owed::nothing_is_kept_that_is_not_owed_or_was_signed_from_other_details,
    owed::a_batch_with_and_without_certificates_is_recorded_at_once,
    travel::details_for_travel_are_kept_and_removed,
    travel::details_for_travel_go_with_the_year_they_were_held_against,
    sign_in::a_code_is_single_use_and_a_resend_does_not_void_it,
    sign_in::a_code_dies_of_age_and_of_wrong_tries,
    sign_in::counters_count_by_span,
    sign_in::staff_are_found_by_mobile,
    factors::a_passkey_is_kept_used_and_removed,
    factors::the_last_that_proves_somebody_stays,
    factors::an_app_shows_each_code_once,
    factors::a_staff_code_is_single_use_and_dies_of_age_and_of_wrong_tries,
    factors::two_restore_access_and_one_does_not,
    status::every_credential_has_an_entry_of_its_own,
    status::entries_are_withdrawn_with_their_certificate,
    status::entries_of_merged_records_are_withdrawn,
    status::many_at_once_never_share_an_entry,
    wallet::an_offer_is_redeemed_once_with_its_six_digits,
    wallet::an_offer_dies_of_age_and_of_wrong_tries,
    wallet::a_token_is_good_for_one_certificate_of_one_person,
    wallet::many_at_once_redeem_an_offer_and_use_its_token_once,
    wallet::a_new_offer_voids_the_one_before,
    wallet::offers_are_swept,
    reported::a_report_is_kept_looked_at_and_closed_once,
    reported::reports_are_listed_in_order_and_go_after_their_time,
    reported::the_key_of_a_report_is_one_of_all_keys,
    watch::sums_never_fall_below_nothing_and_standings_change_once,
    watch::alarms_are_kept_once,
    watch::a_record_is_opened_by_two_different_people,
    watch::a_session_is_opened_by_another_than_who_published_it,
    watch::no_more_doses_are_taken_than_were_received,
);
