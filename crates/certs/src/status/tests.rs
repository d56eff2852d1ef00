use super::*;

const NOW: i64 = 1_700_000_000;

fn lists() -> Lists {
    let mut bits = Bits::empty(0);
    assert!(bits.set(7));
    let mut lists = Lists::default();
    lists.add_bits(StatusList {
        url: "https://example.org/1".to_owned(),
        purpose: Purpose::Revocation,
        bits,
        issued_at: NOW,
        valid_until: NOW + 86_400,
    });
    lists.add_ids(WithdrawnIds {
        kind: IdKind::Rid,
        issuer: "https://example.org#k".to_owned(),
        ids: HashMap::from([("a".to_owned(), None), ("b".to_owned(), Some(NOW))]),
        issued_at: NOW,
        valid_until: NOW + 86_400,
    });
    lists
}

#[test]
fn a_set_bit_withdraws_its_entry_and_no_other() {
    let lists = lists();
    let at = |index, now| lists.at("https://example.org/1", Purpose::Revocation, index, now);
    assert_eq!(at(7, NOW), Err(NotValid::Withdrawn));
    assert_eq!(at(6, NOW), Ok(None));
    assert_eq!(at(8, NOW), Ok(None));
    assert_eq!(at(131_072, NOW), Err(NotValid::Content));
    assert_eq!(at(6, NOW + 3 * 86_400), Ok(Some(Caveat::StaleStatusList { days: 3 })));
    assert_eq!(at(7, NOW + 3 * 86_400), Err(NotValid::Withdrawn), "a stale list still withdraws");
    let other = lists.at("https://example.org/2", Purpose::Revocation, 7, NOW);
    assert_eq!(other, Ok(Some(Caveat::NoStatusList)));
}

/// What was encoded once is not given again after another bit was set.
#[test]
fn a_list_is_encoded_as_it_is_now() {
    let mut bits = Bits::empty(0);
    let mut seen = vec![bits.encode()];
    for index in [7, 0, 131_071] {
        assert!(bits.set(index));
        let copy = bits.clone();
        assert!(bits.set(index), "to set it again changes nothing");
        assert!(!seen.contains(&bits.encode()) && copy.encode() == bits.encode());
        assert_eq!(Bits::decode(&bits.encode()), Ok(bits.clone()));
        seen.push(bits.encode());
    }
    assert!(!bits.set(131_072));
}

/// A signed list may say any instant, and what asks may be any clock.
#[test]
fn a_list_of_any_instant_has_an_age() {
    for (issued_at, now, days) in [
        (i64::MIN, NOW, u32::MAX),
        (i64::MIN, i64::MAX, u32::MAX),
        (i64::MAX, NOW, 0),
        (i64::MAX, i64::MIN + 1, 0),
    ] {
        let mut lists = lists();
        for list in lists.bits.values_mut() {
            (list.issued_at, list.valid_until) = (issued_at, i64::MIN);
        }
        for list in lists.ids.values_mut() {
            (list.issued_at, list.valid_until) = (issued_at, i64::MIN);
        }
        let stale = Ok(Some(Caveat::StaleStatusList { days }));
        let url = "https://example.org/1";
        assert_eq!(lists.at(url, Purpose::Revocation, 6, now), stale, "{issued_at} {now}");
        let of = lists.of(IdKind::Rid, "https://example.org#k", "c", None, now);
        assert_eq!(of, stale, "{issued_at} {now}");
    }
}

#[test]
fn an_id_with_an_instant_withdraws_what_was_issued_before_it() {
    let lists = lists();
    let of = |id, at| lists.of(IdKind::Rid, "https://example.org#k", id, at, NOW);
    assert_eq!(of("a", Some(NOW + 9)), Err(NotValid::Withdrawn));
    assert_eq!(of("b", Some(NOW - 1)), Err(NotValid::Withdrawn));
    assert_eq!(of("b", Some(NOW)), Ok(None));
    assert_eq!(of("b", None), Err(NotValid::Withdrawn), "what does not say when is not spared");
    assert_eq!(of("c", None), Ok(None));
}

/// The example of W3C Bitstring Status List 1.0, section 4.2: all zeros.
#[test]
fn the_lists_of_the_specification_are_read() {
    let text = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";
    assert_eq!(Bits::decode(text), Ok(Bits::empty(LEAST)));
}

const LEAST: usize = bits::LEAST_ENTRIES;

#[test]
fn bits_come_back_as_they_were() {
    let mut bits = Bits::empty(1_000_000);
    for index in [0, 1, 8, 131_072, 999_999] {
        assert!(bits.set(index));
    }
    let read = Bits::decode(&bits.encode()).unwrap();
    assert_eq!(read, bits);
    assert_eq!((read.at(8), read.at(9)), (Some(true), Some(false)));
    assert!(!bits.set(1_000_008));
}

#[test]
fn a_bomb_is_refused() {
    use std::io::Write;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(&vec![0; 64 << 20]).unwrap();
    let bomb = base64::Engine::encode(
        &base64::engine::general_purpose::URL_SAFE_NO_PAD,
        packer.finish().unwrap(),
    );
    assert!(bomb.len() < 100_000);
    assert_eq!(Bits::decode(&bomb), Err(BadBits));
    assert_eq!(Bits::decode("u!!"), Err(BadBits));
}
