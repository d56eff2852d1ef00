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
pub mod fixture;
mod merges;
mod owed;
mod people;
pub mod play;
mod sign_in;
mod status;
mod travel;
mod wallet;

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
    merges::two_records_become_one_with_new_numbers_and_certificates,
    merges::two_records_of_one_account_become_one,
    merges::a_dose_that_both_have_is_there_once,
    merges::a_merge_settles_what_was_owed,
    merges::a_record_that_went_can_do_nothing_any_more,
    merges::records_in_use_or_changed_are_not_merged,
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
);
