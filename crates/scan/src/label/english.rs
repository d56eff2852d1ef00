//! English words, and Hindi ones in Latin letters. The longest match wins.

use super::Label;
#[cfg_attr(not(test), expect(clippy::enum_glob_use, reason = "a table of every label"))]
use super::Label::*;

/// What each word says. Words are parted by commas.
pub(super) const WORDS: &[(Label, &str)] = &[
    (
        Mobile,
        "mobile, mob, mob no, mobile no, mobile number, mobileno, mobilenumber, cell no, \
         cell number, cell phone, cellphone, whatsapp, mob.no, phone_mobile, mobile phone, \
         msisdn, mobail, mobile nos, whatsapp no, cell:, cell :",
    ),
    (
        Phone,
        "phone, telephone, tel, contact, contact no, contact number, contactno, ph, ph no, \
         phone no, phone number, phoneno, tel no, call, contact details, emergency contact, \
         alternate no, mob/phone",
    ),
    (
        Aadhaar,
        "aadhaar, aadhar, adhaar, adhar, aadhaar no, aadhar no, aadhaarno, aadharno, \
         aadhaar number, aadhar number, aadhaar card, aadhar card, uidai, uid, uid no, \
         aadhaar_no, aadhaarnumber, aadharnumber, adhar no, adhaar no, aadhaar id, \
         aadhaar card no, aadhar card no, aadhaar_number",
    ),
    (VirtualId, "vid, virtual id, aadhaar vid, virtualid, virtual id no"),
    (
        Pan,
        "pan, pan no, pan number, panno, pan card, permanent account number, pan card no, \
         pan_no, pannumber, pan card number, income tax pan, it pan",
    ),
    (Passport, "passport, passport no, passport number, passportno, ppt no"),
    (
        Epic,
        "epic, epic no, voter id, voter, voter card, voterid, elector, voter id no, \
         epic number, voter id card, election card, electoral, epicno, voter no, \
         elector photo identity card, election id, election commission id card, voter_id, \
         voter id number, voter card no",
    ),
    (
        Licence,
        "driving licence, driving license, dl no, dl, licence no, license no, dl number, \
         driving licence no, driving license no, dlno, drivinglicence, drivinglicense, \
         driving licence number, driving license number, d.l., d.l. no",
    ),
    (
        Ration,
        "ration card, ration, ration card no, rationcard, ration no, ration card number, \
         nfsa, rc id, rc no, rc no., rationcardno, ration_card, family id, rcms",
    ),
    (
        JobCard,
        "job card, jobcard, job card no, mnrega, mgnrega, nrega, jobcardno, jc no, \
         job card number, nrega job card",
    ),
    (
        Abha,
        "abha, abha no, abha number, abha id, abha address, health id, healthid, abhanumber, \
         uhid, ndhm, phr address, ayushman bharat health account, health id no, abha_number, \
         abha_address, abha card, phr",
    ),
    (
        Account,
        "account no, account number, a/c, a/c no, bank account, accountno, acc no, bank a/c, \
         account, acct no, ac no, bank account no, sb a/c, savings account, account_no, \
         account_number, accountnumber, bank a/c no, a/c number, acct, saving bank account, \
         bank account number, bank ac no, sb account, a/c.no",
    ),
    (Ifsc, "ifsc, ifsc code, ifsccode, rtgs/ifsc, ifs code, bank ifsc"),
    (Upi, "upi, upi id, vpa, bhim, upiid, phonepe, gpay, google pay, paytm"),
    (
        Vehicle,
        "vehicle, vehicle no, vehicle number, regn no, registration no of vehicle, \
         vehicle registration, car no, vehicleno, veh no, gaadi, bike no, rc no, \
         vehicle regn no, scooter, motor cycle, vehicle registration no, vehicle reg no",
    ),
    (Gstin, "gstin, gst, gst no, gst number, gstn, gst registration, gst no."),
    (Email, "email, e-mail, email id, e-mail id, mail id, emailid, email address"),
    (
        Name,
        "name, full name, patient name, name of patient, beneficiary name, applicant, \
         name of the patient, name of beneficiary, student name, candidate name, fullname, \
         name of applicant, applicant name, employee name, first name, last name, surname, \
         middle name, person name, name of person, member name, patientname, \
         name of candidate, name of the beneficiary, beneficiary's name, customer name, \
         account holder, holder name, account holder name, firstname, lastname, naam, \
         name of the applicant, name of the candidate, patient's name, citizen name, \
         name of head of family, head of family, farmer name, name of farmer, given name, \
         name of student, worker name, name of the person, voter name, elector name, \
         name of the student, nominee, nominee name, account name, a/c name, username, \
         elector's name, beneficiary_name, patient_name, full_name, name of worker, \
         traveller name, passenger name, owner name, owner's name, \
         name of owner, name of the owner, driver name, name of driver, owner_name, payee name, \
         name of payee, pensioner name, name of pensioner, complainant name, tenant name, name of contact, name of the worker",
    ),
    (
        Relative,
        "father, father name, father's name, fathers name, husband name, mother, \
         mother name, mother's name, mothers name, husband's name, husband, guardian, \
         guardian name, s/o, d/o, w/o, c/o, father/husband name, spouse name, \
         father/husband, father_name, fathername, husband/father name, husbands name, \
         name of father, name of husband, father's/husband's name, son of, daughter of, \
         wife of, father name/husband name, guardian's name, mother_name, spouse, \
         relative name, relation name, father/mother/husband name, father or husband name",
    ),
    (
        Address,
        "address, residential address, permanent address, resi address, addr, r/o, \
         resident of, residence, present address, home address, full address, residing at, \
         house no, h.no, house number, correspondence address, postal address, pata, \
         current address, village address, complete address, patient address, locality, \
         address line 1, address line 2, address1, address2, communication address",
    ),
    (Pin, "pin, pin code, pincode, pin no, postal code, zip, zip code, zipcode"),
    (
        Birth,
        "date of birth, dob, d.o.b, d.o.b., birth date, birthdate, year of birth, yob, \
         born on, birth, birth year, dateofbirth, dt of birth, born, d o b, date_of_birth, \
         birth_date, birth_year, janm tithi",
    ),
    (Age, "age, aged, age in years, age (years), age/sex, age/gender, umar, ayu"),
    (Gender, "gender, sex, ling"),
    (
        Result,
        "result, test result, report, covid result, status of test, outcome, final result, \
         lab result, result of test, covid status, test_result, rtpcr result, rt-pcr result, \
         covid-19 result, sample result, report status",
    ),
    (
        Test,
        "rt-pcr, rtpcr, rt pcr, rat test, rapid antigen, truenat, cbnaat, hiv, hbsag, \
         antigen test, covid test, covid-19 test, vdrl, sars-cov-2, pcr test, ct value, \
         elisa, igg, test name, e gene, orf1ab, sample collected",
    ),
    (Srf, "srf, srf id, srfid, srf no, srf_id, srf number, specimen referral"),
    (Icmr, "icmr, icmr id, icmrid, icmr no, icmr_id, icmr number, icmr reg no"),
    (
        Beneficiary,
        "beneficiary reference id, beneficiary id, reference id, ben ref id, cowin id, \
         beneficiary ref id, co-win id, cowin reference id, beneficiary_reference_id, \
         beneficiary reference number, beneficiary_id, cowin beneficiary id, cowin ref id, \
         beneficiaryid, beneficiary reference no, beneficiaryreferenceid, ref id, \
         cowin reference no, vaccination reference id, reference_id, bene id",
    ),
    (
        Vaccine,
        "vaccine, vaccine name, vaccination, vaccinated, dose, dose no, dose 1, dose 2, \
         first dose, second dose, precaution dose, 1st dose, 2nd dose, doses, vaccine type, \
         vaccination status, dose number, vaccine_name, jab, dose_no",
    ),
    (
        Person,
        "patient, beneficiary, resident, student, candidate, farmer, citizen, pensioner, \
         labourer, contact person's, deceased, accused, victim, traveller, passenger, \
         quarantined, close contact, worker, household",
    ),
    (Place, "state, district, distt, dist, tehsil, taluka, block, village"),
    (
        Order,
        "order no, order id, order number, order, purchase order, po no, work order, \
         office order, g.o. no, go no, circular no, notification no, po number, \
         supply order, work order no, order_id, orderid, sanction no, sanction order, \
         circular, notification, gazette, s.o., g.s.r., purchase order no",
    ),
    (
        Transaction,
        "utr, utr no, rrn, transaction id, txn id, txn, transaction, cheque no, cheque, \
         neft, rtgs, imps, ref no, reference no, reference number, dd no, utr number, \
         transaction no, txn ref, upi ref, payment id, ack no, arn, acknowledgement no, \
         bank ref, transaction ref, chq no, chq, journal no, upi ref no, ref. no, reference, \
         transaction reference, challan ref, ach, challan identification, cin no, pfms id, \
         transaction_id, txn_id, grn, crn",
    ),
    (
        Tender,
        "tender, tender no, tender id, nit, nit no, e-tender, bid, bid no, rfp, quotation, \
         eoi, tender notice, bidder, emd, corrigendum, gem bid, etender, tender ref, \
         contract no, agreement no, tenderer, ubn, notice inviting, bids, tenders, \
         contractor, rate contract, enit, bid security, auction",
    ),
    (
        File,
        "file no, f.no, f. no, letter no, memo no, diary no, dispatch no, no.f, endt no, \
         file number, ref.no, u.o. no, despatch no, case no, fir no, petition no, \
         writ petition, din no, din, eoffice, e-file, computer no, d.o. no, dy no, file, \
         l.no, cr no, proceedings, rc.no, page no, memo",
    ),
    (
        Invoice,
        "invoice, invoice no, bill no, receipt no, challan no, challan, voucher no, voucher, \
         e-way bill, irn, bill, receipt, awb, consignment, consignment no, tracking no, \
         tracking id, docket no, lr no, eway bill no, awb no, gr no, receipt number, \
         invoice number, bill number, challan number, docket, tracking",
    ),
    (
        Office,
        "office, helpline, help line, toll free, toll-free, fax, control room, landline, \
         helpdesk, help desk, epabx, std code, call centre, call center, enquiry, reception, \
         war room, customer care, tollfree, whatsapp helpline, office phone, office no, \
         headquarters, directorate, secretariat, nodal, contact person, for enquiries, \
         for further information, for queries, support, telefax, grievance, hotline, duty, \
         on duty, duty officer, control-room, media contact, press contact, cug, cug no, \
         official mobile, office mobile",
    ),
    (
        Amount,
        "amount, rs, inr, rs., rupees, cost, budget, lakh, crore, balance, debit, credit, \
         price, rate, total, expenditure, value, qty, quantity, outlay, turnover, \
         population, withdrawal, deposit, closing balance, usd, opening balance, \
         grand total, units, count, sum, head of account, heads of account, account head, \
         major head, budget head, receipt head",
    ),
    (
        Article,
        "part no, serial no, s/n, model, imei, isbn, issn, batch no, lot no, sku, hsn, \
         barcode, ean, upc, item code, asset id, mac address, part, serial number, batch, \
         lot, part number, model no, item no, hsn code, product code, chassis no, engine no, \
         catalogue no, cat no, ndc, gtin, drawing no, asset code, equipment id, version, \
         build, licence key, is code, material code, hsn/sac, sac, doi, asset no, stock no, \
         code, chassis, item, drawing",
    ),
    (
        Science,
        "accession, genbank, gene, locus, sample id, sample no, specimen, latitude, \
         longitude, coordinates, epi_isl, gisaid, sequence, isolate, strain, station, \
         station id, cas no, reads, position, read count, timestamp, epoch, checksum, md5, \
         sha, hash, pubchem, cid, chembl, ncbi, uniprot, pmid, mass, lat, long, lon, genome, \
         contig, wavelength, frequency, lab id, lab no",
    ),
    (
        Other,
        "consumer no, meter no, survey no, khasra no, roll no, application no, \
         application id, registration no, registration number, reg no, enrolment no, \
         employee id, emp id, emp code, ppo no, enrollment no, policy no, token no, \
         ticket no, ticket, pnr, complaint no, grievance no, khata no, plot no, \
         licence number, udyam, cin, tan, tan no, scheme code, school code, udise, \
         facility id, session id, centre id, sr no, s.no, sl no, sl. no, sno, serial, \
         roll number, application number, consumer number, k no, k.no, ivrs, complaint id, \
         ticket id, tender value, employee code, uan, esic no, ip no, registration id, \
         reg. no, hospital id, cr number, opd no, mrn, mrd no, work code, work id, msr no, \
         muster roll, uan no, pran, nin, i.d. no, request id, trace id, lgd code, beat no",
    ),
    (
        Designation,
        "designation, executive engineer, assistant engineer, junior engineer, director, \
         deputy director, joint director, collector, district magistrate, tehsildar, \
         commissioner, secretary, under secretary, joint secretary, chief secretary, \
         superintendent, superintending engineer, chief engineer, nodal officer, cmho, \
         block development officer, bdo, sdm, officer, medical officer, registrar, \
         principal, public relations officer, pro, chief medical officer, inspector, \
         constable, head constable, sub inspector, asi, post held, rank, in-charge, \
         incharge, assistant commissioner, section officer, accounts officer, additional, \
         deputy commissioner, deputy secretary, chairman, member secretary, manager, \
         general manager, pharmacist, staff nurse, anm, clerk, patwari, gram sevak, \
         accountant, minister, mla, mp, mayor, sarpanch, spokesperson, convener, \
         programme officer, program officer, coordinator, lecturer, professor, ro, aro, \
         assistant professor, sector magistrate, zonal magistrate, presiding officer, dgm, \
         supervisor, driver on duty, warden, steno, peon, joint commissioner, agm",
    ),
    (
        Organisation,
        "hospital, school, college, university, department, ministry, limited, ltd, pvt, \
         private limited, corporation, company, enterprises, traders, agency, institute, \
         laboratory, labs, trust, society, board, committee, council, nigam, parishad, \
         vidyalaya, panchayat, bank, clinic, centre, center, phc, chc, authority, \
         association, foundation, industries, llp, m/s, firm, government, govt, division, \
         cooperative, federation, constructions, builders, suppliers, agencies, services, \
         solutions, technologies, pharma, medicals, organisation, organization, infra, \
         infotech, electricals, treasury, mission",
    ),
    (
        Date,
        "date, dated, dt, w.e.f, valid upto, expiry, issued on, time, date of visit, \
         date of issue, date of test, date of sample, date of admission, sample date, \
         report date, date of joining, date of vaccination, vaccination date, dose date",
    ),
    (GenderValue, "male, female, transgender, m, f, purush, mahila, stri"),
    (
        ResultValue,
        "positive, negative, detected, not detected, reactive, non-reactive, +ve, \
         inconclusive, non reactive, -ve, covid positive, covid negative, pos, neg, \
         covid-19 positive, covid-19 negative, indeterminate, equivocal",
    ),
    (
        VaccineValue,
        "covishield, covaxin, sputnik v, sputnik, corbevax, covovax, zycov-d, moderna, \
         pfizer, sputnik light, gemcovac, incovacc",
    ),
    (
        Honorific,
        "shri, sri, smt, smt., kumari, mr, mr., mrs, mrs., ms, ms., dr, dr., km., sh., sh, \
         shrimati, shree, thiru, tmt, tmt., selvi, master, baby of, late shri, late sh., \
         md., mohd., sushri, er., prof., adv.",
    ),
    (
        NamePart,
        "kumar, singh, sharma, devi, khan, yadav, gupta, patel, reddy, das, verma, meena, \
         choudhary, chaudhary, mishra, joshi, jain, nair, menon, pillai, rao, naidu, iyer, \
         iyengar, bai, begum, bibi, ali, ahmed, ahmad, hussain, ansari, shaikh, sheikh, \
         pathan, mondal, mandal, ghosh, banerjee, mukherjee, chatterjee, bose, sen, dutta, \
         roy, saha, biswas, sarkar, barman, deka, borah, gogoi, kalita, sahu, patra, nayak, \
         behera, mohanty, pradhan, swain, kaur, gill, sandhu, sidhu, dhillon, grewal, patil, \
         jadhav, pawar, shinde, deshmukh, kulkarni, deshpande, more, gaikwad, shah, mehta, \
         desai, parmar, solanki, chauhan, rathore, shekhawat, gurjar, saini, jat, bairwa, \
         prajapat, soni, agarwal, bansal, goyal, mittal, malhotra, kapoor, khanna, arora, \
         bhatia, chopra, sethi, gowda, shetty, hegde, murthy, swamy, raju, babu, prasad, \
         thakur, tiwari, tripathi, pandey, dubey, shukla, srivastava, saxena, bhatt, rawat, \
         negi, bisht, rana, lal, ram, rani, kumari, ramesh, suresh, mahesh, rajesh, mukesh, \
         sunita, anita, geeta, sita, lakshmi, laxmi, mohammed, mohammad, mohd, abdul, \
         fatima, priya, pooja, kavita, sanjay, vijay, ajay, anil, sunil, manoj, rakesh, \
         ashok, vinod, deepak, rahul, amit, sandeep, krishnan, subramanian, murugan, selvam, \
         thomas, george, mathew, joseph, fernandes, dsouza, kurian, varma, paswan, manjhi, \
         munda, oraon, soren, tudu, hembram",
    ),
    (Years, "years, yrs, yr, year, y/o, years old, yrs., yr."),
];
