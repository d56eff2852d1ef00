//! The vaccines of the programme in the codes of international certificates.

/// How a vaccine is coded.
///
/// # Source
///
/// EU value sets for DCC, vaccine-prophylaxis, vaccine-medicinal-product and vaccine-mah-manf,
/// release 2.9.0; products without an entry of their own carry their name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Product {
    /// Name in the programme.
    pub name: &'static str,
    /// What it is: SNOMED CT or ATC.
    pub prophylaxis: &'static str,
    /// The medicinal product.
    pub product: &'static str,
    /// Who makes it.
    pub manufacturer: &'static str,
}

const fn product(
    name: &'static str,
    prophylaxis: &'static str,
    product: &'static str,
    manufacturer: &'static str,
) -> Product {
    Product { name, prophylaxis, product, manufacturer }
}

/// The vaccines of the Indian programme.
pub const PRODUCTS: [Product; 6] = [
    product("COVISHIELD", "J07BX03", "Covishield", "ORG-100001981"),
    product("COVAXIN", "J07BX03", "Covaxin", "Bharat-Biotech"),
    product("SPUTNIK V", "J07BX03", "Sputnik-V", "Gamaleya-Research-Institute"),
    product("CORBEVAX", "J07BX03", "Corbevax", "ORG-100008549"),
    product("COVOVAX", "J07BX03", "NVX-CoV2373", "ORG-100001981"),
    product("ZYCOV-D", "J07BX03", "ZyCoV-D", "Zydus-Cadila"),
];

/// The codes of a vaccine; one that is not listed carries its own name.
pub fn codes(vaccine: &str) -> Option<Product> {
    PRODUCTS.into_iter().find(|product| product.name.eq_ignore_ascii_case(vaccine))
}
