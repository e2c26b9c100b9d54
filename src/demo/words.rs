//! The pools of words that the register is put together from.
//!
//! Nothing here may name a real person, employer, street or estate: surnames
//! and given-name characters are single characters drawn at random, employers
//! and streets say in their own names that they are examples. Provinces,
//! cities, dialling codes and the names and rough shares of ethnic groups are
//! real, since they are what makes the register behave like one.

/// A city: name, name in Latin letters, province, province's two digits,
/// dialling code, digits of a local number.
pub(super) struct City {
    pub(super) name: &'static str,
    pub(super) latin: &'static str,
    pub(super) province: &'static str,
    pub(super) digits: u8,
    pub(super) dial: &'static str,
    pub(super) local: u8,
}

const fn city(
    name: &'static str,
    latin: &'static str,
    province: &'static str,
    digits: u8,
    dial: &'static str,
    local: u8,
) -> City {
    City {
        name,
        latin,
        province,
        digits,
        dial,
        local,
    }
}

/// Largest first: sizes follow Zipf's law by this order.
pub(super) const CITIES: &[City] = &[
    city("上海市", "Shanghai", "", 31, "021", 8),
    city("北京市", "Beijing", "", 11, "010", 8),
    city("重庆市", "Chongqing", "", 50, "023", 8),
    city("天津市", "Tianjin", "", 12, "022", 8),
    city("广州市", "Guangzhou", "广东省", 44, "020", 8),
    city("深圳市", "Shenzhen", "广东省", 44, "0755", 8),
    city("成都市", "Chengdu", "四川省", 51, "028", 8),
    city("武汉市", "Wuhan", "湖北省", 42, "027", 8),
    city("杭州市", "Hangzhou", "浙江省", 33, "0571", 8),
    city("南京市", "Nanjing", "江苏省", 32, "025", 8),
    city("西安市", "Xi'an", "陕西省", 61, "029", 8),
    city("沈阳市", "Shenyang", "辽宁省", 21, "024", 8),
    city("哈尔滨市", "Harbin", "黑龙江省", 23, "0451", 8),
    city("济南市", "Jinan", "山东省", 37, "0531", 8),
    city("青岛市", "Qingdao", "山东省", 37, "0532", 8),
    city("郑州市", "Zhengzhou", "河南省", 41, "0371", 8),
    city("长沙市", "Changsha", "湖南省", 43, "0731", 8),
    city("苏州市", "Suzhou", "江苏省", 32, "0512", 8),
    city("宁波市", "Ningbo", "浙江省", 33, "0574", 8),
    city("大连市", "Dalian", "辽宁省", 21, "0411", 8),
    city("合肥市", "Hefei", "安徽省", 34, "0551", 8),
    city("福州市", "Fuzhou", "福建省", 35, "0591", 8),
    city("昆明市", "Kunming", "云南省", 53, "0871", 8),
    city("长春市", "Changchun", "吉林省", 22, "0431", 8),
    city("石家庄市", "Shijiazhuang", "河北省", 13, "0311", 8),
    city("南宁市", "Nanning", "广西壮族自治区", 45, "0771", 7),
    city("乌鲁木齐市", "Urumqi", "新疆维吾尔自治区", 65, "0991", 7),
    city("南昌市", "Nanchang", "江西省", 36, "0791", 8),
    city("太原市", "Taiyuan", "山西省", 14, "0351", 7),
    city("贵阳市", "Guiyang", "贵州省", 52, "0851", 8),
    city("呼和浩特市", "Hohhot", "内蒙古自治区", 15, "0471", 7),
    city("兰州市", "Lanzhou", "甘肃省", 62, "0931", 7),
    city("无锡市", "Wuxi", "江苏省", 32, "0510", 8),
    city("佛山市", "Foshan", "广东省", 44, "0757", 8),
    city("温州市", "Wenzhou", "浙江省", 33, "0577", 8),
    city("厦门市", "Xiamen", "福建省", 35, "0592", 7),
    city("东莞市", "Dongguan", "广东省", 44, "0769", 8),
    city("烟台市", "Yantai", "山东省", 37, "0535", 7),
    city("唐山市", "Tangshan", "河北省", 13, "0315", 7),
    city("徐州市", "Xuzhou", "江苏省", 32, "0516", 8),
    city("常州市", "Changzhou", "江苏省", 32, "0519", 8),
    city("洛阳市", "Luoyang", "河南省", 41, "0379", 8),
    city("泉州市", "Quanzhou", "福建省", 35, "0595", 8),
    city("潍坊市", "Weifang", "山东省", 37, "0536", 7),
    city("绍兴市", "Shaoxing", "浙江省", 33, "0575", 8),
    city("嘉兴市", "Jiaxing", "浙江省", 33, "0573", 8),
    city("保定市", "Baoding", "河北省", 13, "0312", 7),
    city("海口市", "Haikou", "海南省", 46, "0898", 8),
    city("银川市", "Yinchuan", "宁夏回族自治区", 64, "0951", 7),
    city("西宁市", "Xining", "青海省", 63, "0971", 7),
    city("包头市", "Baotou", "内蒙古自治区", 15, "0472", 7),
    city("宜昌市", "Yichang", "湖北省", 42, "0717", 7),
    city("株洲市", "Zhuzhou", "湖南省", 43, "0731", 8),
    city("芜湖市", "Wuhu", "安徽省", 34, "0553", 7),
    city("桂林市", "Guilin", "广西壮族自治区", 45, "0773", 7),
    city("绵阳市", "Mianyang", "四川省", 51, "0816", 7),
    city("遵义市", "Zunyi", "贵州省", 52, "0851", 8),
    city("大同市", "Datong", "山西省", 14, "0352", 7),
    city("拉萨市", "Lhasa", "西藏自治区", 54, "0891", 7),
    city("喀什市", "Kashgar", "新疆维吾尔自治区", 65, "0998", 7),
];

/// The 56 ethnic groups with rough weights, in the manner of the 2020 census.
/// Those of [`AT_HOME`] come on top, so that some 91 in 100 are Han in the end.
pub(super) const ETHNICITIES: &[(&str, u64)] = &[
    ("汉族", 985_000),
    ("壮族", 13_900),
    ("维吾尔族", 8_300),
    ("回族", 8_100),
    ("苗族", 7_800),
    ("满族", 7_400),
    ("彝族", 6_900),
    ("土家族", 6_800),
    ("藏族", 5_000),
    ("蒙古族", 4_500),
    ("布依族", 2_500),
    ("侗族", 2_500),
    ("瑶族", 2_300),
    ("白族", 1_500),
    ("哈尼族", 1_200),
    ("朝鲜族", 1_200),
    ("黎族", 1_100),
    ("哈萨克族", 1_100),
    ("傣族", 940),
    ("东乡族", 550),
    ("傈僳族", 540),
    ("畲族", 530),
    ("仡佬族", 480),
    ("拉祜族", 350),
    ("水族", 350),
    ("佤族", 310),
    ("纳西族", 230),
    ("羌族", 220),
    ("土族", 200),
    ("仫佬族", 200),
    ("柯尔克孜族", 145),
    ("锡伯族", 135),
    ("撒拉族", 117),
    ("景颇族", 114),
    ("达斡尔族", 94),
    ("布朗族", 90),
    ("毛南族", 88),
    ("塔吉克族", 36),
    ("普米族", 32),
    ("阿昌族", 31),
    ("怒族", 26),
    ("鄂温克族", 25),
    ("京族", 24),
    ("基诺族", 18),
    ("保安族", 17),
    ("德昂族", 16),
    ("俄罗斯族", 11),
    ("裕固族", 10),
    ("乌孜别克族", 9),
    ("门巴族", 8),
    ("鄂伦春族", 6),
    ("独龙族", 5),
    ("赫哲族", 4),
    ("高山族", 2),
    ("珞巴族", 3),
    ("塔塔尔族", 3),
];

/// For a province's two digits: the group at home there and its extra share
/// in a thousand.
pub(super) const AT_HOME: &[(u8, usize, u64)] = &[
    (45, 1, 70),
    (65, 2, 100),
    (64, 3, 80),
    (52, 4, 40),
    (53, 6, 40),
    (54, 8, 250),
    (15, 9, 60),
    (63, 8, 40),
];

/// Index of the Uyghur and the Kazakh group, whose names are written with a dot.
pub(super) const DOTTED: [usize; 2] = [2, 17];

/// Surnames with their Latin spelling, commonest first.
pub(super) const SURNAMES: &[(&str, &str)] = &[
    ("王", "wang"),
    ("李", "li"),
    ("张", "zhang"),
    ("刘", "liu"),
    ("陈", "chen"),
    ("杨", "yang"),
    ("黄", "huang"),
    ("赵", "zhao"),
    ("吴", "wu"),
    ("周", "zhou"),
    ("徐", "xu"),
    ("孙", "sun"),
    ("马", "ma"),
    ("朱", "zhu"),
    ("胡", "hu"),
    ("郭", "guo"),
    ("何", "he"),
    ("林", "lin"),
    ("高", "gao"),
    ("罗", "luo"),
    ("郑", "zheng"),
    ("梁", "liang"),
    ("谢", "xie"),
    ("宋", "song"),
    ("唐", "tang"),
    ("许", "xu"),
    ("邓", "deng"),
    ("韩", "han"),
    ("冯", "feng"),
    ("曹", "cao"),
    ("彭", "peng"),
    ("曾", "zeng"),
    ("肖", "xiao"),
    ("田", "tian"),
    ("董", "dong"),
    ("潘", "pan"),
    ("袁", "yuan"),
    ("蔡", "cai"),
    ("蒋", "jiang"),
    ("余", "yu"),
    ("于", "yu"),
    ("杜", "du"),
    ("叶", "ye"),
    ("程", "cheng"),
    ("魏", "wei"),
    ("苏", "su"),
    ("吕", "lyu"),
    ("丁", "ding"),
    ("任", "ren"),
    ("卢", "lu"),
    ("姚", "yao"),
    ("沈", "shen"),
    ("钟", "zhong"),
    ("姜", "jiang"),
    ("崔", "cui"),
    ("谭", "tan"),
    ("陆", "lu"),
    ("范", "fan"),
    ("汪", "wang"),
    ("廖", "liao"),
    ("石", "shi"),
    ("金", "jin"),
    ("韦", "wei"),
    ("贾", "jia"),
    ("夏", "xia"),
    ("付", "fu"),
    ("方", "fang"),
    ("邹", "zou"),
    ("熊", "xiong"),
    ("白", "bai"),
    ("孟", "meng"),
    ("秦", "qin"),
    ("邱", "qiu"),
    ("侯", "hou"),
    ("江", "jiang"),
    ("尹", "yin"),
    ("薛", "xue"),
    ("闫", "yan"),
    ("段", "duan"),
    ("雷", "lei"),
    ("龙", "long"),
    ("黎", "li"),
    ("史", "shi"),
    ("陶", "tao"),
    ("贺", "he"),
    ("毛", "mao"),
    ("郝", "hao"),
    ("顾", "gu"),
    ("龚", "gong"),
    ("邵", "shao"),
    ("欧阳", "ouyang"),
    ("上官", "shangguan"),
    ("司马", "sima"),
];

/// Characters of given names borne by anyone.
pub(super) const GIVEN: &[&str] = &[
    "一", "子", "文", "永", "志", "明", "春", "华", "晓", "新", "建", "国", "林", "海", "平", "云",
    "安", "宁", "和", "思", "天", "立", "学", "清", "正", "瑞", "心", "若", "宇", "晨", "光", "江",
    "凡", "同", "言", "之", "以", "嘉", "远", "知", "乐", "怡", "然", "星", "舒", "雨",
];

/// Characters of given names borne by men more often.
pub(super) const GIVEN_MEN: &[&str] = &[
    "伟", "强", "军", "勇", "刚", "峰", "涛", "鹏", "斌", "杰", "磊", "超", "龙", "辉", "波", "浩",
    "毅", "豪", "武", "山", "成", "东", "健", "锋", "雄", "贵", "福", "根", "柱", "宝",
];

/// Characters of given names borne by women more often.
pub(super) const GIVEN_WOMEN: &[&str] = &[
    "芳", "娟", "敏", "静", "丽", "艳", "燕", "玲", "梅", "秀", "英", "兰", "霞", "红", "玉", "桂",
    "珍", "琴", "雪", "婷", "慧", "莹", "洁", "倩", "颖", "琳", "凤", "萍", "蓉", "娜",
];

/// Characters beyond the first plane of Unicode, as rare given names hold them.
pub(super) const GIVEN_RARE: &[&str] = &["𬭊", "𠮷", "𬀩", "𫘧"];

/// Syllables of names that are written with a dot; put together at random.
pub(super) const SYLLABLES: &[&str] = &[
    "阿依", "古丽", "买买", "提江", "阿不", "都拉", "努尔", "萨比", "热依", "木沙", "吐尔", "逊江",
    "帕提", "玛尔", "艾力", "克然",
];

/// Forty sectors, largest first, with the noun and the ending of their employers' names.
pub(super) const SECTORS: &[(&str, &str, &str)] = &[
    ("公共管理", "政务", "局"),
    ("普通教育", "学校", "集团"),
    ("医疗卫生", "医院", "集团"),
    ("银行业", "银行", "集团"),
    ("电力", "电力", "公司"),
    ("建筑业", "建设", "集团"),
    ("铁路运输", "铁路", "公司"),
    ("高等教育", "大学", "学院"),
    ("机械制造", "机械", "厂"),
    ("汽车制造", "汽车", "集团"),
    ("电子信息", "电子", "公司"),
    ("软件服务", "软件", "公司"),
    ("通信", "通信", "公司"),
    ("石油化工", "石化", "公司"),
    ("钢铁", "钢铁", "集团"),
    ("煤炭", "煤矿", "集团"),
    ("有色金属", "金属", "公司"),
    ("航空航天", "航空", "研究院"),
    ("船舶制造", "船舶", "厂"),
    ("公路运输", "公路", "公司"),
    ("港口航运", "港口", "公司"),
    ("邮政快递", "邮递", "公司"),
    ("批发零售", "商贸", "公司"),
    ("住宿餐饮", "饭店", "公司"),
    ("房地产", "置业", "公司"),
    ("保险业", "保险", "公司"),
    ("证券业", "证券", "公司"),
    ("法律服务", "律师", "事务所"),
    ("会计审计", "会计", "事务所"),
    ("科学研究", "科研", "研究所"),
    ("医药制造", "制药", "公司"),
    ("食品加工", "食品", "公司"),
    ("纺织服装", "纺织", "公司"),
    ("农林牧渔", "农垦", "公司"),
    ("水利", "水务", "中心"),
    ("环境保护", "环保", "中心"),
    ("新闻出版", "出版", "社"),
    ("文化体育", "文体", "中心"),
    ("社区服务", "街道", "居委会"),
    ("社会组织", "协会", "总会"),
];

/// What an employer's name begins with, so that nobody takes it for a real one.
pub(super) const INVENTED: &[&str] = &["示例", "虚构", "样板", "假想", "模拟"];

/// Kinds of branch.
pub(super) const BRANCHES: &[&str] = &["支部", "机关支部", "联合支部", "退休支部", "总支部"];

/// Levels of education with their share of a thousand.
pub(super) const EDUCATION: &[(&str, u64)] = &[
    ("小学", 60),
    ("初中", 150),
    ("高中", 150),
    ("中专", 90),
    ("大专", 200),
    ("大学本科", 270),
    ("硕士研究生", 65),
    ("博士研究生", 15),
];

/// Positions with their share of a thousand.
pub(super) const POSITIONS: &[(&str, u64)] = &[
    ("普通党员", 440),
    ("预备党员", 40),
    ("支部委员", 60),
    ("组织委员", 30),
    ("宣传委员", 30),
    ("纪检委员", 20),
    ("副书记", 25),
    ("职员", 80),
    ("工程师", 60),
    ("高级工程师", 25),
    ("教师", 50),
    ("医生", 30),
    ("会计", 25),
    ("科长", 25),
    ("处长", 10),
    ("部门经理", 30),
    ("总经理", 5),
    ("研究员", 15),
];

/// The position of the one member whom every branch is sure to have.
pub(super) const SECRETARY: &str = "支部书记";

/// Districts, streets and estates, Chinese and Latin.
pub(super) const DISTRICTS: &[(&str, &str)] = &[
    ("示例区", "Sample District"),
    ("样板区", "Pattern District"),
    ("虚构区", "Fiction District"),
    ("模拟区", "Mock District"),
    ("假想县", "Imagined County"),
    ("演示区", "Demo District"),
];

/// Streets.
pub(super) const STREETS: &[(&str, &str)] = &[
    ("示例路", "Sample Road"),
    ("虚构大道", "Fiction Avenue"),
    ("样板街", "Pattern Street"),
    ("假想巷", "Imagined Lane"),
    ("模拟北路", "North Mock Road"),
    ("演示西街", "West Demo Street"),
    ("占位路", "Placeholder Road"),
    ("测试胡同", "Test Hutong"),
    ("空想桥路", "Daydream Bridge Road"),
    ("乌有街", "Nowhere Street"),
];

/// Estates.
pub(super) const ESTATES: &[(&str, &str)] = &[
    ("模拟花园", "Mock Garden"),
    ("示例家园", "Sample Homes"),
    ("虚构小区", "Fiction Estate"),
    ("样板新村", "Pattern New Village"),
    ("假想公寓", "Imagined Flats"),
    ("乌有苑", "Nowhere Court"),
];

/// Where mail goes that nobody must get: names reserved by RFC 2606 and RFC 6761.
pub(super) const MAIL_HOSTS: &[&str] = &[
    "example.com",
    "example.org",
    "example.net",
    "mail.example.com",
    "danwei.example",
    "mail.invalid",
];
