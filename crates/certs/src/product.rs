//! The vaccines of the programme in the codes of international certificates.

/// A vaccine against COVID-19, of whatever kind: for one that is not listed.
pub const ANY_COVID_19: &str = "28531000087107";
/// A viral vector that does not replicate.
const VIRAL_VECTOR: &str = "29061000087103";
/// The whole virus, inactivated.
const INACTIVATED: &str = "1157024006";
/// A recombinant spike protein.
const SPIKE_PROTEIN: &str = "1162643001";

/// How a vaccine is coded.
///
/// # Source
///
/// EU value sets for DCC (eHealth Network, `ehn-dcc-valuesets`): vaccine-encoding-instructions,
/// and vaccine-prophylaxis of 2023-01-25, vaccine-medicinal-product of 2022-11-30,
/// vaccine-mah-manf of 2022-01-26; ICD-11 extension codes of COVID-19 vaccines (XM); CVX code set of
/// the CDC, which has one code, 500, for vaccines outside the USA without a code of their own.
/// `CORBEVAX` and `ZYCOV-D` have no entry in them: they carry the
/// names of product and maker, never the code of another. There is none for a DNA vaccine, so
/// `ZYCOV-D` is one of any kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Product {
    /// Name in the programme.
    pub name: &'static str,
    /// What it is: SNOMED CT.
    pub prophylaxis: &'static str,
    /// The medicinal product.
    pub product: &'static str,
    /// Who makes it.
    pub manufacturer: &'static str,
    /// The maker's name in words.
    pub maker: &'static str,
    /// What it is: ICD-11.
    pub icd11: &'static str,
    /// What it is: CVX.
    pub cvx: &'static str,
}

/// The ICD-11 code of a vaccine against COVID-19, of whatever kind.
pub const ANY_COVID_19_ICD11: &str = "XM68M6";
/// The CVX code of a vaccine against COVID-19, of whatever kind.
pub const ANY_COVID_19_CVX: &str = "500";

const fn product(
    name: &'static str,
    [prophylaxis, icd11, cvx]: [&'static str; 3],
    product: &'static str,
    [manufacturer, maker]: [&'static str; 2],
) -> Product {
    Product { name, prophylaxis, product, manufacturer, maker, icd11, cvx }
}

const SERUM: [&str; 2] = ["ORG-100001981", "Serum Institute of India"];

/// The vaccines of the Indian programme.
pub const PRODUCTS: [Product; 6] = [
    product("COVISHIELD", [VIRAL_VECTOR, "XM9QW8", "210"], "Covishield", SERUM),
    product(
        "COVAXIN",
        [INACTIVATED, "XM1NL1", "502"],
        "Covaxin",
        ["Bharat-Biotech", "Bharat Biotech"],
    ),
    product(
        "SPUTNIK V",
        [VIRAL_VECTOR, "XM9QW8", "505"],
        "Sputnik-V",
        ["Gamaleya-Research-Institute", "Gamaleya Research Institute"],
    ),
    product(
        "CORBEVAX",
        [SPIKE_PROTEIN, "XM5JC5", ANY_COVID_19_CVX],
        "Corbevax",
        ["Biological-E", "Biological E"],
    ),
    product("COVOVAX", [SPIKE_PROTEIN, "XM5JC5", "211"], "Covovax", SERUM),
    product(
        "ZYCOV-D",
        [ANY_COVID_19, "XM6AT1", ANY_COVID_19_CVX],
        "ZyCoV-D",
        ["Zydus-Cadila", "Zydus Cadila"],
    ),
];

/// The codes of a vaccine; one that is not listed carries its own name.
pub fn codes(vaccine: &str) -> Option<Product> {
    PRODUCTS.into_iter().find(|product| product.name.eq_ignore_ascii_case(vaccine))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vaccines_are_found_however_their_name_is_written() {
        assert_eq!(codes("ZyCoV-D").map(|product| product.product), Some("ZyCoV-D"));
        assert_eq!(codes("Covishield").map(|product| product.manufacturer), Some("ORG-100001981"));
        assert!(codes("MOSQUIRIX").is_none());
    }

    #[test]
    fn no_code_is_one_that_the_value_sets_withdrew() {
        for product in PRODUCTS {
            assert_ne!(product.prophylaxis, "J07BX03", "{}", product.name);
            assert_ne!(product.product, "NVX-CoV2373", "{}", product.name);
        }
    }
}
