//! What the header of a column says that its values are, in Chinese, English
//! and others.
//!
//! Headers are compared in lower case without separators. A word of letters
//! must stand alone in the header or be all of it ("sex" is not in "Essex",
//! "id" not in "Video"); a word of Han characters may stand anywhere in it.
//! A header is a hint and never a proof: nothing is kept because of one.

/// What a header says that its column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// A number that the state or an employer gave a person.
    Identifier,
    /// A person's name.
    Name,
    /// Date of birth.
    Birth,
    /// Age in years.
    Age,
    /// Sex.
    Sex,
    /// Telephone number.
    Phone,
    /// E-mail address.
    Email,
    /// A handle, an account, a machine's address.
    Handle,
    /// Postal address.
    Address,
    /// Post code.
    Postcode,
    /// A place: country, province, city, district.
    Place,
    /// Ethnicity, religion, party, health, union, orientation, offences.
    Sensitive,
    /// Employer, branch, school, unit.
    Organisation,
    /// Position, education, occupation, rank, marital status.
    Attribute,
    /// Money, bank accounts.
    Money,
    /// Some day that is not a birthday.
    Date,
    /// Running text.
    Text,
    /// A number of the record.
    Record,
}

impl Role {
    /// In plain words, for readers.
    pub fn title(self) -> &'static str {
        match self {
            Self::Identifier => "an identity number",
            Self::Name => "a name",
            Self::Birth => "a date of birth",
            Self::Age => "an age",
            Self::Sex => "a sex",
            Self::Phone => "a telephone number",
            Self::Email => "an e-mail address",
            Self::Handle => "an account or handle",
            Self::Address => "an address",
            Self::Postcode => "a post code",
            Self::Place => "a place",
            Self::Sensitive => "a sensitive attribute",
            Self::Organisation => "an organisation",
            Self::Attribute => "an attribute of a person",
            Self::Money => "money or an account",
            Self::Date => "a date",
            Self::Text => "running text",
            Self::Record => "a number of the record",
        }
    }
}

/// Words by role; the first role with a word in the header counts, so that
/// what is more telling stands first.
const WORDS: &[(Role, &[&str])] = &[
    (
        Role::Birth,
        &[
            "出生",
            "生日",
            "生年月日",
            "생년월일",
            "birthdate",
            "birth",
            "dob",
            "born",
            "birthday",
            "geburtsdatum",
            "geboren",
            "naissance",
            "nacimiento",
            "nascimento",
            "nascita",
            "рождения",
            "تاريخ الميلاد",
            "geboortedatum",
            "fødselsdato",
            "doğum",
            "tanggal lahir",
        ],
    ),
    (
        Role::Email,
        &[
            "邮箱",
            "电子邮件",
            "郵箱",
            "電郵",
            "メール",
            "이메일",
            "email",
            "e-mail",
            "mail",
            "courriel",
            "correo",
            "почта",
            "البريد",
        ],
    ),
    (
        Role::Identifier,
        &[
            "身份证",
            "身份證",
            "公民身份",
            "证件号",
            "证件",
            "护照",
            "護照",
            "通行证",
            "统一社会信用代码",
            "社保号",
            "医保号",
            "学号",
            "工号",
            "警号",
            "军官证",
            "マイナンバー",
            "個人番号",
            "주민등록번호",
            "passport",
            "passeport",
            "pasaporte",
            "reisepass",
            "паспорт",
            "national id",
            "nationalid",
            "idnumber",
            "id number",
            "idcard",
            "id card",
            "idno",
            "id no",
            "ssn",
            "nino",
            "nhs",
            "dni",
            "nie",
            "nif",
            "cpf",
            "cnpj",
            "curp",
            "rut",
            "pesel",
            "bsn",
            "cnp",
            "egn",
            "jmbg",
            "oib",
            "aadhaar",
            "nric",
            "hkid",
            "tckn",
            "inn",
            "snils",
            "инн",
            "снилс",
            "iin",
            "personnummer",
            "fødselsnummer",
            "hetu",
            "steuer id",
            "tax id",
            "taxid",
            "tin",
            "vat",
            "codice fiscale",
            "identity number",
            "identity",
            "resident id",
            "social security",
            "driving licence",
            "driver license",
            "sfz",
            "رقم الهوية",
            "nik",
        ],
    ),
    (
        Role::Phone,
        &[
            "手机",
            "电话",
            "電話",
            "座机",
            "联系方式",
            "固话",
            "携帯",
            "전화",
            "휴대폰",
            "mobile",
            "phone",
            "landline",
            "tel",
            "telephone",
            "telefon",
            "téléphone",
            "telefono",
            "teléfono",
            "celular",
            "handy",
            "msisdn",
            "fax",
            "телефон",
            "الهاتف",
            "whatsapp",
        ],
    ),
    (
        Role::Handle,
        &[
            "微信",
            "qq",
            "账号",
            "帐号",
            "用户名",
            "昵称",
            "username",
            "user name",
            "login",
            "handle",
            "account name",
            "nickname",
            "wechat",
            "telegram",
            "ip",
            "mac",
            "imei",
            "imsi",
            "device",
        ],
    ),
    (
        Role::Money,
        &[
            "银行卡",
            "卡号",
            "开户",
            "账户",
            "工资",
            "收入",
            "金额",
            "薪",
            "iban",
            "bic",
            "swift",
            "bank account",
            "account number",
            "account no",
            "card number",
            "creditcard",
            "salary",
            "income",
            "wage",
            "amount",
            "gehalt",
            "salaire",
            "sueldo",
            "зарплата",
        ],
    ),
    (
        Role::Postcode,
        &[
            "邮编",
            "邮政编码",
            "郵遞區號",
            "郵便番号",
            "우편번호",
            "postcode",
            "post code",
            "postal code",
            "zip",
            "zipcode",
            "plz",
            "code postal",
            "индекс",
        ],
    ),
    (
        Role::Address,
        &[
            "地址",
            "住址",
            "住所",
            "户籍",
            "籍贯",
            "家庭住址",
            "주소",
            "address",
            "addr",
            "street",
            "residence",
            "adresse",
            "anschrift",
            "dirección",
            "direccion",
            "endereço",
            "indirizzo",
            "адрес",
            "العنوان",
            "alamat",
            "coordinates",
            "latitude",
            "longitude",
            "lat",
            "lon",
            "lng",
        ],
    ),
    (
        Role::Sex,
        &[
            "性别",
            "性別",
            "성별",
            "sex",
            "gender",
            "geschlecht",
            "sexe",
            "sexo",
            "sesso",
            "пол",
            "الجنس",
        ],
    ),
    (
        Role::Age,
        &[
            "年龄",
            "年齡",
            "年齢",
            "나이",
            "age",
            "alter",
            "âge",
            "edad",
            "idade",
            "возраст",
        ],
    ),
    (
        Role::Sensitive,
        &[
            "民族",
            "宗教",
            "信仰",
            "党派",
            "政治面貌",
            "疾病",
            "诊断",
            "病",
            "残疾",
            "犯罪",
            "血型",
            "基因",
            "ethnicity",
            "ethnic",
            "race",
            "religion",
            "faith",
            "political",
            "party",
            "diagnosis",
            "disease",
            "illness",
            "disability",
            "health",
            "icd",
            "icd10",
            "blood",
            "genetic",
            "biometric",
            "union",
            "orientation",
            "offence",
            "offense",
            "conviction",
            "criminal",
            "caste",
            "ethnie",
            "religión",
            "национальность",
            "диагноз",
            "الديانة",
        ],
    ),
    (
        Role::Organisation,
        &[
            "单位",
            "公司",
            "企业",
            "雇主",
            "支部",
            "组织",
            "部门",
            "学校",
            "医院",
            "機構",
            "会社",
            "employer",
            "company",
            "organisation",
            "organization",
            "branch",
            "department",
            "school",
            "university",
            "hospital",
            "institution",
            "unit",
            "arbeitgeber",
            "firma",
            "empresa",
            "entreprise",
            "организация",
            "supplier",
            "vendor",
        ],
    ),
    (
        Role::Text,
        &[
            "备注",
            "備註",
            "说明",
            "描述",
            "内容",
            "评语",
            "意见",
            "摘要",
            "備考",
            "비고",
            "notes",
            "note",
            "remark",
            "remarks",
            "comment",
            "comments",
            "description",
            "narrative",
            "text",
            "memo",
            "message",
            "details",
            "summary",
            "bemerkung",
            "bemerkungen",
            "commentaire",
            "observaciones",
            "примечание",
            "ملاحظات",
            "free text",
        ],
    ),
    (
        Role::Place,
        &[
            "省",
            "市",
            "区县",
            "县",
            "城市",
            "地区",
            "国家",
            "国籍",
            "都道府県",
            "country",
            "nationality",
            "province",
            "state",
            "city",
            "town",
            "district",
            "county",
            "region",
            "village",
            "place",
            "stadt",
            "ort",
            "land",
            "pays",
            "ville",
            "ciudad",
            "país",
            "город",
            "область",
            "страна",
        ],
    ),
    (
        Role::Attribute,
        &[
            "职务",
            "职位",
            "职业",
            "职称",
            "学历",
            "学位",
            "教育",
            "婚姻",
            "级别",
            "行业",
            "专业",
            "position",
            "job",
            "title",
            "occupation",
            "profession",
            "rank",
            "grade",
            "education",
            "degree",
            "marital",
            "sector",
            "industry",
            "category",
            "type",
            "status",
            "beruf",
            "métier",
            "cargo",
            "должность",
        ],
    ),
    (
        Role::Date,
        &[
            "日期",
            "时间",
            "時間",
            "年月",
            "날짜",
            "date",
            "day",
            "datum",
            "fecha",
            "data",
            "дата",
            "time",
            "timestamp",
            "joined",
            "created",
            "updated",
            "التاريخ",
        ],
    ),
    (
        Role::Name,
        &[
            "姓名",
            "名字",
            "姓",
            "联系人",
            "氏名",
            "名前",
            "이름",
            "성명",
            "name",
            "fullname",
            "full name",
            "surname",
            "firstname",
            "first name",
            "lastname",
            "last name",
            "given name",
            "forename",
            "family name",
            "nachname",
            "vorname",
            "nom",
            "prénom",
            "prenom",
            "nombre",
            "apellido",
            "apellidos",
            "nome",
            "cognome",
            "фио",
            "имя",
            "фамилия",
            "الاسم",
            "naam",
            "navn",
            "imię",
            "nazwisko",
            "ad",
            "soyad",
            "nama",
            "contact",
        ],
    ),
    (
        Role::Record,
        &[
            "编号",
            "序号",
            "党员编号",
            "member id",
            "memberid",
            "member no",
            "record id",
            "id",
            "no",
            "number",
            "nr",
            "code",
            "key",
            "uuid",
            "guid",
            "ref",
            "reference",
            "номер",
            "号",
        ],
    ),
];

/// A header in lower case; anything but letters and digits is a space.
fn settled(header: &str) -> String {
    let mut out = String::from(" ");
    let mut lower = false;
    for c in header.chars() {
        if c.is_alphanumeric() {
            // `memberId` is two words.
            if lower && c.is_uppercase() {
                out.push(' ');
            }
            lower = c.is_lowercase();
            out.extend(c.to_lowercase());
        } else {
            lower = false;
            if !out.ends_with(' ') {
                out.push(' ');
            }
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}')
}

/// Whether a settled header holds a word.
fn holds(settled: &str, word: &str) -> bool {
    if word.chars().any(is_han) {
        return settled.contains(word);
    }
    let mut padded = String::from(" ");
    for c in word.chars() {
        padded.push(if c.is_alphanumeric() { c } else { ' ' });
    }
    padded.push(' ');
    settled.contains(&padded)
}

/// What a header says, and by which word.
pub fn role(header: &str) -> Option<(Role, &'static str)> {
    let settled = settled(header);
    WORDS.iter().find_map(|(role, words)| {
        words
            .iter()
            .filter(|word| holds(&settled, word))
            // A single Han character says little beside a longer word.
            .max_by_key(|word| word.chars().count())
            .map(|word| (*role, *word))
    })
}

/// Whether a header holds one of a kind's words.
pub fn names(header: &str, words: &[&'static str]) -> Option<&'static str> {
    let settled = settled(header);
    words
        .iter()
        .filter(|word| holds(&settled, word))
        .max_by_key(|word| word.chars().count())
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_understood_in_several_languages() {
        for (header, expected) in [
            ("name", Some(Role::Name)),
            ("full_name", Some(Role::Name)),
            ("姓名", Some(Role::Name)),
            ("birth_date", Some(Role::Birth)),
            ("出生日期", Some(Role::Birth)),
            ("id_number", Some(Role::Identifier)),
            ("公民身份号码", Some(Role::Identifier)),
            ("mobile", Some(Role::Phone)),
            ("手机号码", Some(Role::Phone)),
            ("Geburtsdatum", Some(Role::Birth)),
            ("joined_date", Some(Role::Date)),
            ("member_id", Some(Role::Record)),
            ("memberId", Some(Role::Record)),
            ("notes", Some(Role::Text)),
            ("ethnicity", Some(Role::Sensitive)),
            ("Адрес", Some(Role::Address)),
            ("Essex", None),
            ("video", None),
            ("sex", Some(Role::Sex)),
            ("性别", Some(Role::Sex)),
        ] {
            assert_eq!(role(header).map(|(role, _)| role), expected, "{header}");
        }
    }
}
