use jiff::civil::date;

use super::*;
use crate::signer::make_signer;

#[test]
fn many_certificates_are_read_however_they_are_wrapped() {
    let pems: Vec<_> = (0..3)
        .map(|_| make_signer("IN", "Ministry of Health", date(2021, 1, 31)).unwrap())
        .map(|new| new.certificate_pem)
        .collect();
    assert_eq!(Trust::from_pem(&pems.concat()).unwrap().signers(), 3);
    let one_line =
        pems[0].replace(['\r', '\n'], "").replace(BEGIN, "-----BEGIN CERTIFICATE-----\n");
    let same = Known::from_pem(&one_line).unwrap();
    assert_eq!(same.key_id(), Known::from_pem(&pems[0]).unwrap().key_id());
    assert_eq!(same.country(), Some("IN"));
}

#[test]
fn one_odd_certificate_does_not_shut_out_the_rest() {
    let new = make_signer("IN", "Ministry of Health", date(2021, 1, 31)).unwrap();
    let text = format!("{BEGIN}\nAAAA\n{END}\n{}", new.certificate_pem);
    assert!(Trust::from_pem(&text).is_err());
    let (list, unread) = Trust::from_pem_where_readable(&text);
    assert_eq!((list.signers(), unread), (1, 1));
    assert!(Trust::from_pem("").is_err());
}
