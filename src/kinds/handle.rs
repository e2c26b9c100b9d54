//! The kinds `wechat`, `telegram` and `vk`: names of accounts by which people
//! write to each other. The number of a QQ account is a line of the table of
//! China.
//!
//! | kind | read | normal form |
//! |---|---|---|
//! | `wechat` | a letter, then 5 to 19 letters, digits, `_` and `-` | lower case |
//! | `telegram` | `@` or not, or `t.me/`; a letter, then 4 to 31 letters, digits and `_` | `@` and lower case |
//! | `vk` | `vk.com/` or not; `id` and digits, or a letter and 4 to 31 letters, digits, `_` and `.` | lower case without the site |
//!
//! Nothing in them can be checked: in text they are found beside their words.

use super::facts::InText;
use super::unicode::{is_format, narrow};
use super::{Facts, Kind, KindOptions, Misfit};

/// One of the kinds of accounts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Handle {
    name: &'static str,
    facts: &'static Facts,
    sites: &'static [&'static str],
    /// Fewest and most characters.
    length: (usize, usize),
    /// Marks beside letters and digits.
    marks: &'static str,
    /// Put before the name.
    sign: &'static str,
}

/// Accounts of WeChat.
pub(crate) static WECHAT: Handle = Handle {
    name: "wechat",
    facts: &WECHAT_FACTS,
    sites: &[],
    length: (6, 20),
    marks: "_-",
    sign: "",
};

/// Accounts of Telegram.
pub(crate) static TELEGRAM: Handle = Handle {
    name: "telegram",
    facts: &TELEGRAM_FACTS,
    sites: &["t.me/", "telegram.me/"],
    length: (5, 32),
    marks: "_",
    sign: "@",
};

/// Accounts of VK.
pub(crate) static VK: Handle = Handle {
    name: "vk",
    facts: &VK_FACTS,
    sites: &["vk.com/", "m.vk.com/", "vk.ru/"],
    length: (5, 32),
    marks: "_.",
    sign: "",
};

static WECHAT_FACTS: Facts = Facts {
    title: "name of a WeChat account; a telephone or QQ number used as one is of that kind",
    local: "微信号",
    country: "CN",
    check: "begins with a letter; 6 to 20 characters",
    chance: 0.7,
    in_text: InText::Word,
    words: &[
        "微信",
        "微信号",
        "薇信",
        "v信",
        "wechat",
        "weixin",
        "wx",
        "vx",
        "加微",
    ],
    source: "Tencent: 6 to 20 letters, digits, _ and -",
    right: &[
        ("Invented_Name-1", "invented_name-1"),
        ("ｗｘｉｄ１２３４５６", "wxid123456"),
    ],
    wrong: &[("1invented", Misfit::Form), ("abc", Misfit::Length)],
    ..Facts::NONE
};

static TELEGRAM_FACTS: Facts = Facts {
    title: "name of a Telegram account",
    local: "Telegram",
    check: "begins with a letter; 5 to 32 characters",
    chance: 0.7,
    in_text: InText::Word,
    words: &["telegram", "телеграм", "telegramm", "tg", "тг", "电报"],
    source: "Telegram: 5 to 32 letters, digits and _",
    right: &[
        ("@Invented_Name", "@invented_name"),
        ("https://t.me/invented", "@invented"),
    ],
    wrong: &[("@abc", Misfit::Length), ("@1abcd", Misfit::Form)],
    ..Facts::NONE
};

static VK_FACTS: Facts = Facts {
    title: "name or number of a VK account",
    local: "ВКонтакте",
    check: "begins with a letter; 5 to 32 characters",
    chance: 0.7,
    in_text: InText::Word,
    words: &["vk", "вк", "vkontakte", "вконтакте"],
    source: "VK: id and digits, or 5 to 32 letters, digits, _ and .",
    right: &[
        ("https://vk.com/id1234567", "id1234567"),
        ("invented.name", "invented.name"),
    ],
    wrong: &[("1234567", Misfit::Form), ("ab", Misfit::Length)],
    ..Facts::NONE
};

impl Kind for Handle {
    fn name(&self) -> &'static str {
        self.name
    }

    fn version(&self) -> u32 {
        1
    }

    fn normalise(&self, value: &str, _: &KindOptions, out: &mut String) -> Result<(), Misfit> {
        out.clear();
        let value = value.trim();
        if value.len() > 256 {
            return Err(Misfit::Length);
        }
        let mut name: String = value
            .chars()
            .filter(|c| !is_format(*c))
            .map(|c| narrow(c).to_ascii_lowercase())
            .collect();
        for head in ["https://", "http://", "www."] {
            if let Some(rest) = name.strip_prefix(head) {
                name = rest.to_owned();
            }
        }
        if let Some(rest) = self.sites.iter().find_map(|site| name.strip_prefix(site)) {
            name = rest.to_owned();
        }
        let name = match self.sign {
            "" => name.as_str(),
            sign => name.strip_prefix(sign).unwrap_or(&name),
        };
        if name.is_empty() {
            return Err(Misfit::Empty);
        }
        let known = |c: char| c.is_ascii_alphanumeric() || self.marks.contains(c);
        if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(known) {
            return Err(Misfit::Form);
        }
        if !(self.length.0..=self.length.1).contains(&name.len()) {
            return Err(Misfit::Length);
        }
        out.push_str(self.sign);
        out.push_str(name);
        Ok(())
    }

    fn strict(&self) -> bool {
        false
    }

    fn space(&self) -> Option<f64> {
        Some(1e9)
    }

    fn facts(&self) -> &Facts {
        self.facts
    }
}
