//! The function itself, in the mode in which whoever answers proves under which key.

use voprf::{
    BlindedElement, EvaluationElement, Group, Proof, Ristretto255, VoprfClient, VoprfServer,
};

use crate::given::Given;

/// Bytes of an element of the group, as of a public key.
pub const ELEMENT: usize = 32;

/// An element of the group, encoded.
pub type Element = [u8; ELEMENT];
/// What the function makes of an input.
pub type Output = [u8; 64];
/// What one scalar is drawn from: 64 bytes that nobody else can know and that are used once.
pub type Random = [u8; 64];

/// What was sent is not of this protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// It is not an element of the group, or is the one that tells nothing.
    #[error("not an element of the group")]
    Element,
    /// It is empty or too long.
    #[error("an input has 1 to 65535 bytes")]
    Input,
    /// There are not as many answers as questions, or none.
    #[error("not as many answers as questions")]
    Count,
    /// The proof does not fit the key.
    #[error("the answer was not made with the published key")]
    Proof,
}

impl From<voprf::Error> for Malformed {
    fn from(error: voprf::Error) -> Self {
        match error {
            voprf::Error::Deserialization => Self::Element,
            voprf::Error::Batch => Self::Count,
            voprf::Error::Input | voprf::Error::Info => Self::Input,
            voprf::Error::ProofVerification
            | voprf::Error::DeriveKeyPair
            | voprf::Error::Protocol => Self::Proof,
        }
    }
}

/// A secret key. It has no Debug.
pub struct Key(VoprfServer<Ristretto255>);

/// What blinded elements became, and the proof under which key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluated {
    /// As many as were sent, in their order.
    pub elements: Vec<Element>,
    /// One proof for all of them.
    pub proof: [u8; 64],
}

impl Key {
    /// The key of a seed, for a purpose that no other key of the same seed has.
    ///
    /// # Panics
    ///
    /// If the purpose has more than 60,000 bytes.
    ///
    /// # Source
    ///
    /// RFC 9497, section 3.2.1.
    pub fn derive(seed: &[u8; 32], purpose: &[u8]) -> Self {
        Self(VoprfServer::new_from_seed(seed, purpose).expect("a short purpose makes a key"))
    }

    /// The public half.
    pub fn public(&self) -> Element {
        Ristretto255::serialize_elem(self.0.get_public_key()).into()
    }

    /// Evaluates what somebody blinded, knowing nothing of what is behind it.
    ///
    /// # Errors
    ///
    /// [`Malformed::Element`] if one of them is none, [`Malformed::Count`] if there is none.
    pub fn evaluate(&self, blinded: &[Element], random: &Random) -> Result<Evaluated, Malformed> {
        if blinded.is_empty() {
            return Err(Malformed::Count);
        }
        let read = blinded.iter().map(|one| BlindedElement::deserialize(one));
        let blinded: Vec<BlindedElement<Ristretto255>> = read.collect::<Result<_, _>>()?;
        let made = self.0.batch_blind_evaluate(&mut Given(random), &blinded)?;
        let elements = made.messages.iter().map(|one| one.serialize().into()).collect();
        Ok(Evaluated { elements, proof: made.proof.serialize().into() })
    }

    /// What the function makes of an input that is known here.
    ///
    /// # Errors
    ///
    /// [`Malformed::Input`] if it is too long.
    pub fn output(&self, input: &[u8]) -> Result<Output, Malformed> {
        Ok(self.0.evaluate(input)?.into())
    }
}

/// An input, blinded. It has no Debug: it holds the input.
pub struct Blinded {
    input: Vec<u8>,
    state: VoprfClient<Ristretto255>,
    /// What is sent: it is the same to whoever gets it, whatever the input is.
    pub element: Element,
}

/// Blinds an input. The same random bytes blind it in the same way again, so that an answer that was
/// lost on the way can be asked for once more.
///
/// # Errors
///
/// [`Malformed::Input`] if it is empty or too long.
pub fn blind(input: &[u8], random: &Random) -> Result<Blinded, Malformed> {
    if input.is_empty() || input.len() > usize::from(u16::MAX) {
        return Err(Malformed::Input);
    }
    let made = VoprfClient::<Ristretto255>::blind(input, &mut Given(random))?;
    let element = made.message.serialize().into();
    Ok(Blinded { input: input.to_vec(), state: made.state, element })
}

/// What the function makes of inputs that were blinded, once it is proven that it was the one of the
/// published key.
///
/// # Errors
///
/// [`Malformed::Proof`] if another key answered, [`Malformed::Count`] if not everything was, and
/// [`Malformed::Element`] if an answer or the key is no element.
pub fn finish(
    asked: &[Blinded],
    answer: &Evaluated,
    key: &Element,
) -> Result<Vec<Output>, Malformed> {
    if asked.is_empty() {
        return Err(Malformed::Count);
    }
    let key = Ristretto255::deserialize_elem(key)?;
    let proof = Proof::deserialize(&answer.proof).map_err(|_| Malformed::Proof)?;
    let read = answer.elements.iter().map(|one| EvaluationElement::deserialize(one));
    let elements: Vec<EvaluationElement<Ristretto255>> = read.collect::<Result<_, _>>()?;
    let inputs: Vec<&[u8]> = asked.iter().map(|one| one.input.as_slice()).collect();
    let states: Vec<_> = asked.iter().map(|one| one.state.clone()).collect();
    let outputs = VoprfClient::batch_finalize(&inputs, &states, &elements, &proof, key)?;
    outputs.map(|output| Ok(output?.into())).collect()
}
