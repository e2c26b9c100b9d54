//! Words that stand in cells where nothing is known, words for sexes, and what
//! names and addresses are made of.

pub(super) use crate::kinds::headers::{Role, names, role};

/// What stands in cells where nothing is known; compared trimmed, as written
/// or in lower case. These are words of this program: only they are ever named.
pub(super) const NOTHING: &[&str] = &[
    "NULL",
    "null",
    "None",
    "none",
    "N/A",
    "n/a",
    "NA",
    "na",
    "nan",
    "NaN",
    "nil",
    "-",
    "--",
    "---",
    "/",
    "\\N",
    "?",
    "??",
    "???",
    ".",
    "*",
    "0",
    "无",
    "無",
    "不详",
    "不詳",
    "未知",
    "暂无",
    "空",
    "没有",
    "同上",
    "待补",
    "unknown",
    "Unknown",
    "UNKNOWN",
    "missing",
    "not available",
    "not known",
    "tbd",
    "TBD",
    "x",
    "xx",
    "xxx",
    "test",
    "#N/A",
    "(null)",
    "(blank)",
    "なし",
    "不明",
    "없음",
    "нет",
    "неизвестно",
    "keine",
    "unbekannt",
    "sans",
    "inconnu",
    "desconocido",
    "ninguno",
    "1900-01-01",
    "1900/1/1",
    "1970-01-01",
    "9999-12-31",
    "0000-00-00",
    "01/01/1900",
    "01/01/1970",
    "1111-11-11",
    "000000000000000000",
    "111111111111111111",
    "123456789012345678",
    "00000000000",
    "11111111111",
    "12345678901",
    "13800000000",
    "13800138000",
    "13000000000",
    "0000000",
    "1234567",
    "12345678",
    "123456789",
    "000000",
    "123456",
    "99999",
    "999999",
    "9999999",
    "00000000",
    "99999999",
];

/// What a cell says of a person's sex: `Some(true)` for male.
pub(super) fn is_male(value: &str) -> Option<bool> {
    match value.trim() {
        "男" | "男性" | "M" | "m" | "male" | "Male" | "MALE" | "man" | "м" | "М" | "муж"
        | "мужской" | "homme" | "hombre" | "männlich" | "H" | "남" | "남성" | "ذكر" => {
            Some(true)
        }
        "女" | "女性" | "F" | "f" | "female" | "Female" | "FEMALE" | "woman" | "ж" | "Ж"
        | "жен" | "женский" | "femme" | "mujer" | "weiblich" | "W" | "w" | "여" | "여성"
        | "أنثى" => Some(false),
        _ => None,
    }
}

/// Family names of China, Korea and Vietnam in Han characters: those of more
/// than nine in ten people.
pub(super) const SURNAMES: &str = "王李张张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾萧蕭肖田董袁潘于蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范金石廖贾賈夏韦韋付傅方白邹鄒孟熊秦邱江尹薛闫閻段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴覃武戴莫孔向汤湯常温溫康施文牛樊葛邢安齐齊易乔喬伍庞龐颜顏倪庄莊聂聶章鲁魯岳翟殷詹申欧歐耿关關兰蘭焦俞左柳甘祝包宁寧尚符舒阮柯纪紀梅童凌毕畢单單季裴霍涂成苗谷盛曲翁冉骆駱蓝藍路游辛靳管柴蒙鲍鮑华華喻祁蒲房滕屈饶饒解牟艾尤阳陽时時穆农農司卓古吉缪繆简簡车車项項连連芦麦麥褚娄婁窦竇戚岑景党宫宮费費卜冷晏席卫衛米柏宗瞿桂全佟应應臧闵閔苟邬鄔边邊卞姬师師和仇栾欒隋商刁沙荣榮巫寇桑郎甄丛叢仲虞敖巩鞏明佘池查麻苑迟遲邝鄺";

/// What an address holds in China and elsewhere.
pub(super) const OF_ADDRESSES: &[&str] = &[
    "省", "市", "区", "县", "镇", "乡", "村", "路", "街", "巷", "弄", "号", "栋", "幢", "单元",
    "室", "楼",
];

/// Words of addresses in Latin letters, in lower case.
pub(super) const OF_LATIN_ADDRESSES: &[&str] = &[
    "road",
    "street",
    "avenue",
    "lane",
    "district",
    "block",
    "room",
    "floor",
    "building",
    " st",
    " rd",
    " ave",
    "straße",
    "strasse",
    "platz",
    "rue ",
    "calle",
    "via ",
    "ulitsa",
    "улица",
    "ул.",
    "apt",
    "p.o. box",
    "drive",
];
