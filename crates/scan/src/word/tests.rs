use super::*;

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    find(text, 0, text.len(), &mut words);
    words.iter().map(|word| String::from_utf8_lossy(word.text()).into_owned()).collect()
}

#[test]
fn digits_of_every_script_are_digits() {
    for zero in ['०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '٠', '۰', '０', '0']
    {
        for value in 0..10_u8 {
            let c = char::from_u32(u32::from(zero) + u32::from(value)).unwrap();
            let text = c.to_string();
            assert_eq!(digit(text.as_bytes(), 0), Some((value, text.len())), "{c}");
        }
    }
    // A letter, a vowel sign, the danda, the digit of a script that is not of India.
    for other in ["द", "ा", "।", "๑", "a", "༡"] {
        assert_eq!(digit(other.as_bytes(), 0), None, "{other}");
    }
}

#[test]
fn what_is_not_seen_does_not_part_a_word() {
    assert_eq!(words("98290\u{200b}11223"), ["9829011223"]);
    assert_eq!(words("98290\u{ad}11223 x"), ["9829011223", "X"]);
    assert_eq!(words("मोबाइल९८२९०११२२३है"), ["9829011223"]);
}

#[test]
fn masks_are_told_from_letters() {
    assert_eq!(words("XXXX1234"), ["****1234"]);
    assert_eq!(words("xxxx-xxxx-1234"), ["****", "****", "1234"]);
    assert_eq!(words("98••••••10"), ["98******10"]);
    assert_eq!(words("RJ14XX1234"), ["RJ14XX1234"]);
    assert_eq!(words("**9829011223** **ABCPD1234E**"), ["9829011223", "ABCPD1234E"]);
}
