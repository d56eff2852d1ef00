use super::*;

fn asks() -> Vec<Ask> {
    let person = PersonId([1; 16]);
    vec![
        Ask::Index { column: Index::StaffMobile, text: Secret::new("6000000001".into()) },
        Ask::Wrap { person, data: Secret::new([2; 32]), rules: Secret::new([3; 32]) },
        Ask::Seal {
            person,
            wrapped: vec![4; 127],
            field: "name".into(),
            plain: Secret::new(b"Anna".to_vec()),
        },
        Ask::Open {
            person,
            wrapped: vec![5; 127],
            fields: vec!["name".into(), "document".into()],
            evidence: vec![6; 200],
        },
        Ask::Rewrap { person, wrapped: vec![7; 61] },
    ]
}

fn told() -> Vec<Told> {
    vec![
        Told::Index(BlindIndex([1; 32])),
        Told::Wrapped(vec![2; 127]),
        Told::Sealed(vec![3; 40]),
        Told::Opened(vec![Secret::new([4; 32]), Secret::new([5; 32])]),
        Told::Refused(Refusal::DoesNotOpen),
        Told::Refused(Refusal::NotRecorded),
        Told::Refused(Refusal::LedgerBehind),
    ]
}

#[test]
fn requests_and_responses_are_read_as_they_were_written() {
    let requests = [
        Request::Asks(asks()),
        Request::ServerKeys,
        Request::Status,
        Request::MakeKek,
        Request::DestroyKek(7),
    ];
    for request in requests {
        let bytes = request.to_bytes();
        assert_eq!(*Request::from_bytes(&bytes).unwrap().to_bytes(), *bytes);
    }
    let keys = ServerKeys {
        derived: vec![Secret::new([1; 32]); 15],
        rules: vec![(1, Secret::new([2; 32])), (9, Secret::new([3; 32]))],
    };
    let responses = [
        Response::Told(told()),
        Response::ServerKeys(keys),
        Response::Status("{}".into()),
        Response::Kek(3),
        Response::Failed("no".into()),
    ];
    for response in responses {
        let bytes = response.to_bytes();
        assert_eq!(*Response::from_bytes(&bytes).unwrap().to_bytes(), *bytes);
    }
}

#[test]
fn what_is_cut_short_changed_in_its_lengths_or_too_long_is_no_request() {
    let bytes = Request::Asks(asks()).to_bytes();
    for length in 0..bytes.len() {
        assert!(Request::from_bytes(&bytes[..length]).is_none(), "{length} bytes");
    }
    assert!(Request::from_bytes(&[&bytes[..], &[0]].concat()).is_none());
    assert!(Request::from_bytes(&[9]).is_none());
    // A count that would need more room than there is.
    assert!(Request::from_bytes(&[1, 255, 255, 255, 255]).is_none());
    assert!(empty([255; 4]).is_err());
}
