use super::*;

fn point(length: usize) -> Vec<u8> {
    let mut point: Vec<u8> = (0..length).map(|n| u8::try_from(n).unwrap()).collect();
    point[0] = 4;
    point
}

fn on(curve_name: &[u8], point: &[u8]) -> Option<TokenPublicKey> {
    curve(&[Attribute::EcParams(curve_name.to_vec()), Attribute::EcPoint(point.to_vec())])
}

#[test]
fn a_point_is_read_with_its_wrapping_and_without() {
    let bare = point(65);
    let wrapped = [&[4, 65], &bare[..]].concat();
    let expected = Some(TokenPublicKey::P256(bare.clone()));
    assert_eq!((on(P256, &bare), on(P256, &wrapped)), (expected.clone(), expected));

    // One that begins as its wrapping would.
    let mut bare = point(32);
    bare[1] = 30;
    let wrapped = [&[4, 32], &bare[..]].concat();
    let expected = Some(TokenPublicKey::Ed25519(bare.clone()));
    for name in [ED25519, EDWARDS25519] {
        assert_eq!((on(name, &bare), on(name, &wrapped)), (expected.clone(), expected.clone()));
    }
}

#[test]
fn a_point_that_is_none_is_no_key() {
    let whole = [&[4, 65], &point(65)[..]].concat();
    for length in 0..whole.len() {
        // 65 bytes that begin with 4 are a point by their form; whether it is on the curve shows
        // where a signature is checked.
        assert_eq!(on(P256, &whole[..length]).is_some(), length == 65, "{length}");
    }
    let mut compressed = point(65);
    compressed[0] = 2;
    assert_eq!(on(P256, &compressed), None);
    let p384 = [6, 5, 0x2b, 0x81, 4, 0, 0x22];
    assert_eq!(on(&p384, &point(97)), None);
    assert_eq!(curve(&[Attribute::EcParams(P256.to_vec())]), None);
}

#[test]
fn a_modulus_is_of_2048_to_8192_bits_and_loses_its_leading_zeros() {
    let key = |modulus: Vec<u8>| {
        rsa(&[Attribute::Modulus(modulus), Attribute::PublicExponent(vec![1, 0, 1])])
    };
    let modulus = vec![0xc5; 256];
    let plain = key(modulus.clone()).unwrap();
    assert_eq!(plain.signature_length(), 256);
    assert_eq!(key([vec![0; 3], modulus].concat()), Some(plain));
    for (bytes, fits) in [(255, false), (256, true), (1024, true), (1025, false)] {
        assert_eq!(key(vec![0xc5; bytes]).is_some(), fits, "{bytes}");
    }
}
