//! Countries by their codes.

/// Each country: its code of two letters, then that of three.
///
/// # Source
///
/// ISO 3166-1, as of November 2026.
const COUNTRIES: &str = "\
    ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW \
    AXALA AZAZE BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN \
    BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG \
    CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE \
    DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN \
    FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL \
    GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV \
    HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM \
    JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO \
    LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE \
    MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS \
    MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL \
    NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI \
    PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC SDSDN \
    SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV \
    SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON \
    TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN \
    VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE";

/// Of who has no nationality, is a refugee, or is one for another reason.
///
/// # Source
///
/// ICAO Doc 9303 part 3, section 5, part D.
const WITHOUT_COUNTRY: [&str; 3] = ["XXA", "XXB", "XXC"];

/// The code of three letters of a country whose code of two is known; none if there is no such
/// country.
pub fn three_letters(two: &str) -> Option<&'static str> {
    let country = COUNTRIES.split(' ').find(|country| country[..2] == *two)?;
    Some(&country[2..])
}

/// Whether this is a nationality as passports tell it: a country's code of three letters, or one
/// for who has none.
pub fn is_nationality(code: &str) -> bool {
    WITHOUT_COUNTRY.contains(&code) || COUNTRIES.split(' ').any(|country| country[2..] == *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_has_two_codes() {
        assert_eq!(three_letters("IN"), Some("IND"));
        assert_eq!(three_letters("DE"), Some("DEU"));
        for unknown in ["XX", "in", "I", "", "IND"] {
            assert_eq!(three_letters(unknown), None, "{unknown}");
        }
        assert!(COUNTRIES.split(' ').all(|country| country.len() == 5));
        assert_eq!(COUNTRIES.split(' ').count(), 249);
    }

    #[test]
    fn a_nationality_is_one_that_passports_tell() {
        for code in ["IND", "NPL", "XXA", "XXB"] {
            assert!(is_nationality(code), "{code}");
        }
        for code in ["IN", "ind", "XXX", "INDI", "", "भार"] {
            assert!(!is_nationality(code), "{code}");
        }
    }
}
