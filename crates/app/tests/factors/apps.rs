//! Apps that show codes: beside a one-time password for staff, in the place of one for residents.

use std::fmt::Write;

use aws_lc_rs::hmac;

use super::*;

/// The code that an app shows, from the secret as people type it: written down once more, by RFC 6238.
fn shown(secret: &str, at: jiff::Timestamp) -> String {
    let mut bits = String::new();
    for letter in secret.chars().filter(|c| !c.is_whitespace()) {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).unwrap();
        write!(bits, "{value:05b}").unwrap();
    }
    let bytes: Vec<_> = bits
        .as_bytes()
        .chunks_exact(8)
        .map(|eight| u8::from_str_radix(std::str::from_utf8(eight).unwrap(), 2).unwrap())
        .collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes);
    let tag = hmac::sign(&key, &(at.as_second() / 30).to_be_bytes());
    let place = usize::from(tag.as_ref()[19] & 15);
    let four: [u8; 4] = tag.as_ref()[place..place + 4].try_into().unwrap();
    format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
}

/// Sets up an app; gives its secret.
async fn set_up(world: &World, ctx: &Ctx, code: Option<&str>) -> String {
    let app = world.platform.new_app(ctx).unwrap();
    let typed = shown(&app.secret, ctx.now);
    world.platform.add_app(ctx, &app.setup, &typed, code).await.unwrap();
    app.secret
}

#[tokio::test]
async fn staff_go_on_with_the_code_of_an_app_which_counts_once() {
    for engine in ENGINES {
        let Some(world) = world_on(engine, StaffSignIn::PasskeyOrTotp).await else { continue };
        let platform = &world.platform;
        let weak = entered(&world, VACCINATOR).await.unwrap();
        let ctx = as_staff(&world, weak);
        let app = platform.new_app(&ctx).unwrap();
        let typed = shown(&app.secret, world.now());
        let without = platform.add_app(&ctx, &app.setup, &typed, None).await;
        assert!(matches!(without, Err(Error::WrongStaffCode)), "{engine:?}");
        let code = handed(&world, VACCINATOR).await;
        let secret = set_up(&world, &ctx, code.as_deref()).await;

        // Another sign-in: the code with which it was set up was used, the next one counts, once.
        let weak = entered(&world, VACCINATOR).await.unwrap();
        assert_eq!(weak.strong_until, None);
        let tried = async |typed: &str| platform.strengthen(&as_staff(&world, weak), typed).await;
        assert!(matches!(tried(&shown(&secret, world.now())).await, Err(Error::WrongCode)));
        world.advance(SignedDuration::from_secs(30));
        let typed = shown(&secret, world.now());
        let strong = tried(&typed).await.unwrap();
        assert!(strong.is_strong(world.now()), "{engine:?}");
        assert!(matches!(tried(&typed).await, Err(Error::WrongCode)), "it was used");
        // Its only factor stays.
        let removed = platform.remove_app(&as_staff(&world, strong)).await;
        assert!(matches!(removed, Err(Error::LastFactor)));
    }
}

#[tokio::test]
async fn where_the_operator_asks_for_passkeys_an_app_counts_for_nothing() {
    let world = world(StaffSignIn::Passkey).await;
    let weak = entered(&world, VACCINATOR).await.unwrap();
    let ctx = as_staff(&world, weak);
    assert!(matches!(world.platform.new_app(&ctx), Err(Error::Forbidden)));
    let typed = world.platform.strengthen(&ctx, "000000").await;
    assert!(matches!(typed, Err(Error::PasskeyNeeded)));
}

#[tokio::test]
async fn a_resident_signs_in_by_an_app_and_guesses_are_few() {
    for engine in ENGINES {
        let Some(world) = world_on(engine, StaffSignIn::Otp).await else { continue };
        let (platform, mobile) = (&world.platform, "7500000001");
        let id = world.enrol(mobile, 1).await.unwrap();
        let secret = set_up(&world, &world.resident(mobile), None).await;
        world.advance(SignedDuration::from_mins(1));
        let known = Mobile::parse(mobile).ok().unwrap();
        let try_at = async |mobile: &Mobile, typed: &str| {
            platform.sign_in_by_app(&world.ctx(Actor::Anyone), mobile, typed, "here").await
        };
        let typed = shown(&secret, world.now());
        let signed_in = try_at(&known, &typed).await.unwrap();
        assert!(!signed_in.is_new);
        let ctx = world.ctx(Actor::Resident { account: signed_in.account });
        assert_eq!(platform.my_references(&ctx).await.unwrap(), [platform.reference(id)]);
        // The same code again; that of another mobile; of one that nobody has: all are answered alike.
        let unknown = Mobile::parse("7599999999").ok().unwrap();
        for (mobile, typed) in [(&known, typed.as_str()), (&known, "000000"), (&unknown, "000000")]
        {
            let Err(error) = try_at(mobile, typed).await else { panic!("{engine:?}") };
            assert!(matches!(error, Error::WrongCode));
        }
        // Five in a quarter of an hour, of whoever asks and whether or not there is an app.
        for mobile in [&known, &unknown] {
            let mut refused = 0;
            for _ in 0..6 {
                let tried = try_at(mobile, "000000").await;
                refused += u32::from(matches!(tried, Err(Error::TooMany { .. })));
            }
            assert!(refused >= 2, "{engine:?} {refused}");
        }
        world.advance(SignedDuration::from_mins(15));
        assert!(try_at(&known, &shown(&secret, world.now())).await.is_ok());
        platform.remove_app(&world.resident(mobile)).await.unwrap();
        world.advance(SignedDuration::from_mins(1));
        assert!(matches!(
            try_at(&known, &shown(&secret, world.now())).await,
            Err(Error::WrongCode)
        ));
    }
}

#[tokio::test]
async fn a_secret_is_set_up_by_who_was_shown_it_and_in_time() {
    let world = world(StaffSignIn::Otp).await;
    let platform = &world.platform;
    let (one, other) = (world.resident("7500000001"), world.resident("7500000002"));
    let app = platform.new_app(&one).unwrap();
    assert!(app.link.starts_with("otpauth://totp/Teeka?secret=") && app.picture.is_some());
    let typed = shown(&app.secret, world.now());
    let add =
        async |ctx: &Ctx, setup: &str, typed: &str| platform.add_app(ctx, setup, typed, None).await;
    assert!(matches!(add(&other, &app.setup, &typed).await, Err(Error::CodeExpired)));
    assert!(matches!(add(&one, "", &typed).await, Err(Error::CodeExpired)));
    let wrong = if typed == "000000" { "111111" } else { "000000" };
    assert!(matches!(add(&one, &app.setup, wrong).await, Err(Error::WrongCode)));
    add(&one, &app.setup, &typed).await.unwrap();
    assert!(platform.has_app(&one).await.unwrap() && !platform.has_app(&other).await.unwrap());
    let again = platform.new_app(&one).unwrap();
    let there = add(&one, &again.setup, &shown(&again.secret, world.now())).await;
    assert!(matches!(there, Err(Error::Invalid(_))), "one at a time");
    // What is kept of it in the database does not open as something to set up, nor after its time.
    let late = platform.new_app(&other).unwrap();
    world.advance(SignedDuration::from_mins(15));
    let ctx = world.resident("7500000002");
    let late = add(&ctx, &late.setup, &shown(&late.secret, world.now())).await;
    assert!(matches!(late, Err(Error::CodeExpired)));
}
