//! The form of the billing profile between the page and the rule.

use crate::{
    billing::{
        BillingField, BillingInput, BillingProfile, COUNTRIES, CURRENCIES, PROVINCES, PartyType,
        PaymentMethod, TIME_ZONES, TaxId, TaxIdKind,
    },
    portal::{
        FieldProblem, Fields,
        words::{self, fill},
    },
};

/// How many numbers and orders the form has room for.
pub const ROOMS: usize = 3;
/// The ids of the fields that come several times.
const TAX_KINDS: [&str; ROOMS] = ["tax_kind_1", "tax_kind_2", "tax_kind_3"];
const TAX_FIELDS: [&str; ROOMS] = ["tax_value_1", "tax_value_2", "tax_value_3"];
const TAX_COUNTRIES: [&str; ROOMS] = ["tax_country_1", "tax_country_2", "tax_country_3"];
const ORDER_FIELDS: [&str; ROOMS] = ["order_number_1", "order_number_2", "order_number_3"];
const ORDER_FROMS: [&str; ROOMS] = ["order_from_1", "order_from_2", "order_from_3"];
const ORDER_TOS: [&str; ROOMS] = ["order_to_1", "order_to_2", "order_to_3"];

/// The kind of a number of another country, whose letters stand in a field of their own.
const OTHER: &str = TaxIdKind::Other.name();

/// The fields of a tax number.
pub struct TaxRow {
    pub kind_id: &'static str,
    pub kind_label: String,
    pub kind: String,
    pub value_id: &'static str,
    pub value_label: String,
    pub value: String,
    /// What is told of the number as it is kept, when nobody has checked it.
    pub told: &'static str,
    pub country_id: &'static str,
    pub country_label: String,
    pub country: String,
}

/// The fields of an order.
pub struct OrderRow {
    pub number_id: &'static str,
    pub number_label: String,
    pub number: String,
    pub from_id: &'static str,
    pub from_label: String,
    pub from: String,
    pub to_id: &'static str,
    pub to_label: String,
    pub to: String,
}

/// The fields for tax numbers; `kept` are those that are saved.
pub fn tax_rows(form: &BillingInput, kept: &[TaxId], words: &'static words::Billing) -> Vec<TaxRow> {
    let row = |(index, (name, value)): (usize, &(String, String))| {
        let (country, kind) = match name.split_once('/') {
            Some((country, OTHER)) => (country, OTHER),
            _ => ("", name.as_str()),
        };
        let is_unchecked =
            kept.iter().any(|id| id.is_unchecked() && id.name() == *name && id.value.expose() == value);
        TaxRow {
            kind_id: TAX_KINDS[index],
            kind_label: fill(words.tax_kind, index + 1),
            kind: kind.to_owned(),
            value_id: TAX_FIELDS[index],
            value_label: fill(words.tax_value, index + 1),
            value: value.clone(),
            told: if is_unchecked { words.tax_unchecked } else { "" },
            country_id: TAX_COUNTRIES[index],
            country_label: fill(words.tax_country, index + 1),
            country: country.to_owned(),
        }
    };
    form.tax_ids.iter().take(ROOMS).enumerate().map(row).collect()
}

/// The fields for orders.
pub fn order_rows(form: &BillingInput, words: &'static words::Billing) -> Vec<OrderRow> {
    let row = |(index, (number, from, to)): (usize, &(String, String, String))| OrderRow {
        number_id: ORDER_FIELDS[index],
        number_label: fill(words.order_number, index + 1),
        number: number.clone(),
        from_id: ORDER_FROMS[index],
        from_label: fill(words.order_from, index + 1),
        from: from.clone(),
        to_id: ORDER_TOS[index],
        to_label: fill(words.order_to, index + 1),
        to: to.clone(),
    };
    form.orders.iter().take(ROOMS).enumerate().map(row).collect()
}

/// A choice of a list.
pub struct Choice {
    /// What is sent.
    pub value: &'static str,
    /// What is shown.
    pub label: &'static str,
}

/// The lists of the form.
pub struct Choices {
    /// Kinds of customer.
    pub parties: Vec<Choice>,
    /// Kinds of tax number.
    pub tax_kinds: Vec<Choice>,
    /// Countries.
    pub countries: Vec<Choice>,
    /// Provinces of Indonesia.
    pub provinces: Vec<Choice>,
    /// Currencies.
    pub currencies: Vec<Choice>,
    /// Languages of invoices.
    pub locales: Vec<Choice>,
    /// Zones.
    pub time_zones: Vec<Choice>,
    /// Ways of payment.
    pub methods: Vec<Choice>,
}

impl Choices {
    /// In a language; the first of each list says that nothing is chosen.
    pub fn of(words: &'static words::Billing) -> Self {
        let list = |choices: Vec<Choice>| {
            let first = Choice { value: "", label: words.choose };
            std::iter::once(first).chain(choices).collect::<Vec<_>>()
        };
        let plain = |values: &[&'static str]| {
            list(values.iter().map(|value| Choice { value, label: value }).collect())
        };
        let parties = [words.company, words.individual, words.government];
        let methods = [words.transfer, words.va, words.card, words.giro, words.other];
        let named = |(value, label)| Choice { value, label };
        Self {
            parties: list(PartyType::ALL.into_iter().map(PartyType::name).zip(parties).map(named).collect()),
            tax_kinds: list(
                [
                    ("ID/NPWP", "NPWP (Indonesia)"),
                    ("ID/NIK", "NIK (Indonesia)"),
                    ("SG/UEN", "UEN (Singapore)"),
                    ("SG/GST", "GST (Singapore)"),
                    ("MY/TIN", "TIN (Malaysia)"),
                    (OTHER, words.tax_other),
                ]
                .map(named)
                .into(),
            ),
            countries: list(
                COUNTRIES
                    .into_iter()
                    .zip([words.indonesia, words.singapore, words.malaysia])
                    .map(named)
                    .collect(),
            ),
            provinces: plain(&PROVINCES),
            currencies: plain(&CURRENCIES),
            locales: list(
                [
                    ("id-ID", "Bahasa Indonesia"),
                    ("en-SG", "English"),
                    ("zh-Hans-SG", "简体中文"),
                    ("ms-MY", "Bahasa Melayu"),
                ]
                .map(named)
                .into(),
            ),
            time_zones: plain(&TIME_ZONES),
            methods: list(
                PaymentMethod::ALL.into_iter().map(PaymentMethod::name).zip(methods).map(named).collect(),
            ),
        }
    }
}

/// What was typed.
pub fn typed(fields: &Fields) -> BillingInput {
    let text = |name: &str| fields.all(name).next().unwrap_or_default().to_owned();
    let numbered = |name: &str, number: usize| text(&format!("{name}_{number}"));
    let tax_kind = |number: usize| match numbered("tax_kind", number) {
        kind if kind == OTHER => {
            format!("{}/{OTHER}", numbered("tax_country", number).trim().to_ascii_uppercase())
        }
        kind => kind,
    };
    BillingInput {
        party_type: text("party_type"),
        legal_name: text("legal_name"),
        trade_name: text("trade_name"),
        tax_ids: (1..=ROOMS).map(|n| (tax_kind(n), numbered("tax_value", n))).collect(),
        line1: text("line1"),
        line2: text("line2"),
        city: text("city"),
        district: text("district"),
        subdivision: text("subdivision"),
        postal_code: text("postal_code"),
        country: text("country"),
        currency: text("currency"),
        locale: text("locale"),
        time_zone: text("time_zone"),
        net_days: text("net_days"),
        method: text("method"),
        end_of_month: fields.has("end_of_month"),
        orders: (1..=ROOMS)
            .map(|n| (numbered("order_number", n), numbered("order_from", n), numbered("order_to", n)))
            .collect(),
    }
}

/// The form as the profile fills it.
pub fn of_profile(profile: &BillingProfile) -> BillingInput {
    let own = |text: &Option<String>| text.clone().unwrap_or_default();
    let address = profile.address.as_ref();
    let line = |text: Option<&crate::platform::masked::Masked<String>>| {
        text.map(|text| text.expose().clone()).unwrap_or_default()
    };
    let date = |date: Option<chrono::NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
    let mut tax_ids: Vec<(String, String)> =
        profile.tax_ids.iter().map(|id| (id.name(), id.value.expose().clone())).collect();
    tax_ids.resize_with(ROOMS, Default::default);
    let mut orders: Vec<(String, String, String)> = profile
        .purchase_orders
        .iter()
        .map(|order| (order.number.clone(), date(order.valid_from), date(order.valid_to)))
        .collect();
    orders.resize_with(ROOMS, Default::default);
    BillingInput {
        party_type: profile.party_type.map(|kind| kind.name().to_owned()).unwrap_or_default(),
        legal_name: own(&profile.legal_name),
        trade_name: own(&profile.trade_name),
        tax_ids,
        line1: line(address.map(|address| &address.line1)),
        line2: line(address.and_then(|address| address.line2.as_ref())),
        city: address.map(|address| own(&address.city)).unwrap_or_default(),
        district: address.map(|address| own(&address.district)).unwrap_or_default(),
        subdivision: address.map(|address| own(&address.subdivision)).unwrap_or_default(),
        postal_code: address.map(|address| own(&address.postal_code)).unwrap_or_default(),
        country: address.map(|address| address.country.clone()).unwrap_or_default(),
        currency: own(&profile.currency),
        locale: own(&profile.locale),
        time_zone: own(&profile.time_zone),
        net_days: profile.payment_terms.map(|terms| terms.net_days.to_string()).unwrap_or_default(),
        method: profile.payment_terms.map(|terms| terms.method.name().to_owned()).unwrap_or_default(),
        end_of_month: profile.payment_terms.is_some_and(|terms| terms.end_of_month),
        orders,
    }
}

/// What is expected in a field.
pub fn problem(field: BillingField, words: &'static words::Billing) -> FieldProblem {
    let (field, expected) = match field {
        BillingField::PartyType => ("party_type", words.party_type_expected),
        BillingField::LegalName => ("legal_name", words.name_expected),
        BillingField::TradeName => ("trade_name", words.name_expected),
        BillingField::TaxId(index) => (TAX_FIELDS[index.min(ROOMS - 1)], words.tax_expected),
        BillingField::TaxCountry(index) => (TAX_COUNTRIES[index.min(ROOMS - 1)], words.tax_country_expected),
        BillingField::Line1 => ("line1", words.line1_expected),
        BillingField::Line2 => ("line2", words.line1_expected),
        BillingField::City => ("city", words.city_expected),
        BillingField::District => ("district", words.district_expected),
        BillingField::Subdivision => ("subdivision", words.province_expected),
        BillingField::PostalCode => ("postal_code", words.postal_code_expected),
        BillingField::Country => ("country", words.country_expected),
        BillingField::Currency => ("currency", words.currency_expected),
        BillingField::CurrencyLocked => ("currency", words.currency_locked),
        BillingField::Locale => ("locale", words.locale_expected),
        BillingField::TimeZone => ("time_zone", words.time_zone_expected),
        BillingField::NetDays => ("net_days", words.net_days_expected),
        BillingField::Method => ("method", words.method_expected),
        BillingField::Order(index) => (ORDER_FIELDS[index.min(ROOMS - 1)], words.order_expected),
    };
    FieldProblem { field, expected: expected.to_owned() }
}

/// What two versions say differently, as the person reads it: field, mine, theirs.
pub fn differences(
    mine: &BillingInput,
    theirs: &BillingInput,
    words: &'static words::Billing,
) -> Vec<(&'static str, String, String)> {
    let joined = |pairs: &[(String, String)]| {
        let texts: Vec<String> = pairs
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(kind, value)| format!("{kind} {value}"))
            .collect();
        texts.join(", ")
    };
    let orders = |orders: &[(String, String, String)]| {
        let numbers: Vec<&str> =
            orders.iter().map(|order| order.0.as_str()).filter(|number| !number.is_empty()).collect();
        numbers.join(", ")
    };
    let terms = |input: &BillingInput| input.net_days.clone();
    let rows = [
        (words.party_type, mine.party_type.clone(), theirs.party_type.clone()),
        (words.legal_name, mine.legal_name.clone(), theirs.legal_name.clone()),
        (words.trade_name, mine.trade_name.clone(), theirs.trade_name.clone()),
        (words.tax_ids, joined(&mine.tax_ids), joined(&theirs.tax_ids)),
        (words.line1, mine.line1.clone(), theirs.line1.clone()),
        (words.line2, mine.line2.clone(), theirs.line2.clone()),
        (words.district, mine.district.clone(), theirs.district.clone()),
        (words.city, mine.city.clone(), theirs.city.clone()),
        (words.province, mine.subdivision.clone(), theirs.subdivision.clone()),
        (words.postal_code, mine.postal_code.clone(), theirs.postal_code.clone()),
        (words.country, mine.country.clone(), theirs.country.clone()),
        (words.currency, mine.currency.clone(), theirs.currency.clone()),
        (words.locale, mine.locale.clone(), theirs.locale.clone()),
        (words.time_zone, mine.time_zone.clone(), theirs.time_zone.clone()),
        (words.net_days, terms(mine), terms(theirs)),
        (words.method, mine.method.clone(), theirs.method.clone()),
        (words.orders, orders(&mine.orders), orders(&theirs.orders)),
    ];
    rows.into_iter().filter(|(_, mine, theirs)| mine != theirs).collect()
}
