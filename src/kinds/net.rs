//! The kinds `url`, `ip` and `mac`: addresses of pages and machines.
//!
//! `url`: `http`, `https` or `ftp` with `://`, or `www.`, then a host of at
//! least two labels (or an IP address), and what follows up to white space.
//! Normal form: scheme and host in lower case, `http://` put before `www.`, the
//! scheme's own port and an empty fragment taken off; the rest as it stands,
//! since paths keep their case. A page is not a person, but many addresses
//! hold one: [`Part`] names the part that does.
//!
//! `ip`: four numbers to 255 without needless zeros, or an address of IPv6 in
//! any of the forms of RFC 4291. Normal form: RFC 5952. A mapped IPv4 address
//! (`::ffff:192.0.2.1`) is read as the IPv4 address it stands for; a zone
//! (`%eth0`) is refused.
//!
//! `mac`: 48 bits as six pairs joined by `:` or `-`, or three fours joined by
//! points. Normal form: pairs in lower case joined by `:`.
//!
//! May not look anything up: no name is resolved.

use super::facts::{Derived, InText};
use super::unicode::{digit_value, is_format, narrow};
use super::{Facts, Kind, KindOptions, Misfit};
use core::net::{IpAddr, Ipv6Addr};

/// Longest address that is read, in bytes.
const LONGEST: usize = 4096;

/// `value` trimmed, width unified, digits to ASCII, format characters out.
fn fold(value: &str, longest: usize, out: &mut String) -> Result<(), Misfit> {
    out.clear();
    let value = value.trim();
    if value.len() > longest {
        return Err(Misfit::Length);
    }
    out.extend(value.chars().filter(|c| !is_format(*c)).map(|c| {
        let c = narrow(c);
        match digit_value(c) {
            Some(d) => char::from(b'0' + d),
            None => c,
        }
    }));
    if out.is_empty() {
        Err(Misfit::Empty)
    } else {
        Ok(())
    }
}

/// `url`: see the head of this file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Url;

/// The part of a web address that may be a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// `user:password@` before the host.
    UserInfo,
    /// The name of an account in the path: `/user/NAME`, `/@NAME`, or the first
    /// part of the path on a site that has accounts there.
    Account,
    /// A key of the query that names a person, a session or a secret.
    Query,
}

impl Part {
    fn as_str(self) -> &'static str {
        match self {
            Part::UserInfo => "user name or password before the host",
            Part::Account => "name of an account in the path",
            Part::Query => "user, session or secret in the query",
        }
    }
}

/// Sites on which the first part of the path is an account.
const ACCOUNTS: [&str; 22] = [
    "facebook.com",
    "github.com",
    "gitlab.com",
    "instagram.com",
    "m.weibo.cn",
    "medium.com",
    "ok.ru",
    "pinterest.com",
    "soundcloud.com",
    "space.bilibili.com",
    "t.me",
    "telegram.me",
    "threads.net",
    "tiktok.com",
    "twitch.tv",
    "twitter.com",
    "vk.com",
    "vk.ru",
    "wa.me",
    "weibo.com",
    "x.com",
    "youtube.com",
];

/// First parts of a path that are pages of such a site, not accounts.
const PAGES: [&str; 24] = [
    "about", "channel", "events", "explore", "feed", "groups", "hashtag", "help", "home", "i",
    "jobs", "joinchat", "login", "pages", "playlist", "privacy", "search", "settings", "shorts",
    "signup", "terms", "topics", "trending", "watch",
];

/// Parts of a path that an account follows.
const BEFORE_ACCOUNT: [&str; 15] = [
    "account", "accounts", "author", "in", "member", "members", "people", "profile", "profiles",
    "space", "u", "uid", "user", "users", "~",
];

/// Keys of a query, compared without `_` and `-`.
const KEYS: [&str; 44] = [
    "accesstoken",
    "account",
    "apikey",
    "auth",
    "authtoken",
    "authuser",
    "code",
    "credential",
    "customerid",
    "deviceid",
    "email",
    "firstname",
    "fullname",
    "idcard",
    "idno",
    "imei",
    "invite",
    "jwt",
    "key",
    "lastname",
    "login",
    "mail",
    "memberid",
    "mobile",
    "name",
    "openid",
    "password",
    "phone",
    "pwd",
    "reset",
    "secret",
    "session",
    "sessionid",
    "sid",
    "sig",
    "signature",
    "tel",
    "ticket",
    "token",
    "uid",
    "unionid",
    "user",
    "userid",
    "username",
];

/// The part of an address in normal form that may be a person's, if any.
pub(crate) fn personal(url: &str) -> Option<Part> {
    let (_, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at_checked(end)?;
    if authority.contains('@') {
        return Some(Part::UserInfo);
    }
    let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
    let path = path.split('#').next().unwrap_or_default();
    let host = authority.split(':').next().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let first = parts.clone().next().unwrap_or_default();
    let known = ACCOUNTS.binary_search(&host).is_ok();
    if known && !first.is_empty() && !PAGES.contains(&first.to_ascii_lowercase().as_str()) {
        return Some(Part::Account);
    }
    while let Some(part) = parts.next() {
        let named = part.len() > 1 && (part.starts_with('@') || part.starts_with('~'));
        let before = BEFORE_ACCOUNT.contains(&part.to_ascii_lowercase().as_str());
        if named || (before && parts.clone().next().is_some()) {
            return Some(Part::Account);
        }
    }
    let key = |pair: &str| {
        let (key, value) = pair.split_once('=')?;
        let key: String = key
            .chars()
            .filter(|c| !matches!(c, '_' | '-'))
            .map(|c| c.to_ascii_lowercase())
            .collect();
        (!value.is_empty() && KEYS.binary_search(&key.as_str()).is_ok()).then_some(())
    };
    let hash = tail.split_once('#').map_or("", |(_, hash)| hash);
    query
        .split('#')
        .next()
        .unwrap_or_default()
        .split('&')
        .chain(hash.split('&'))
        .find_map(key)
        .map(|()| Part::Query)
}

static URL: Facts = Facts {
    title: "an address of a page: http, https, ftp or www.; what it tells of a person is named by `try`",
    check: "scheme and form of the host",
    reveals: "often an account, a session or a secret",
    chance: 1.0,
    in_text: InText::Bare,
    words: &["url", "link", "网址", "链接", "ссылка", "enlace", "lien"],
    source: "RFC 3986; WHATWG URL for what is written without a scheme",
    right: &[
        (
            "HTTPS://Example.COM:443/u/Zhang?id=1",
            "https://example.com/u/Zhang?id=1",
        ),
        ("www.example.org", "http://www.example.org"),
        (
            "http://user:secret@example.net/a",
            "http://user:secret@example.net/a",
        ),
    ],
    wrong: &[
        ("example.com", Misfit::Form),
        ("http://", Misfit::Form),
        ("https://a b.com", Misfit::Form),
        ("mailto:a@example.com", Misfit::Form),
    ],
    ..Facts::NONE
};

impl Kind for Url {
    fn name(&self) -> &'static str {
        "url"
    }

    fn version(&self) -> u32 {
        1
    }

    fn normalise(&self, value: &str, _: &KindOptions, out: &mut String) -> Result<(), Misfit> {
        let head = value.trim_start().chars().next().map(narrow);
        if !head.is_none_or(|c| matches!(c, 'h' | 'H' | 'f' | 'F' | 'w' | 'W') || is_format(c)) {
            return Err(Misfit::Form);
        }
        let mut text = String::new();
        fold(value, LONGEST, &mut text)?;
        if text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c))
        {
            return Err(Misfit::Form);
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
            None if text
                .get(..4)
                .is_some_and(|w| w.eq_ignore_ascii_case("www.")) =>
            {
                ("http".to_owned(), text.as_str())
            }
            None => return Err(Misfit::Form),
        };
        let port = match scheme.as_str() {
            "http" => ":80",
            "https" => ":443",
            "ftp" => ":21",
            _ => return Err(Misfit::Form),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at_checked(end).ok_or(Misfit::Form)?;
        let (user, host) = authority
            .rsplit_once('@')
            .map_or(("", authority), |(user, host)| (user, host));
        let host = host.to_lowercase();
        let host = host.strip_suffix(port).unwrap_or(&host);
        if !is_host(host) {
            return Err(Misfit::Form);
        }
        let tail = tail.strip_suffix('#').unwrap_or(tail);
        let tail = if tail == "/" { "" } else { tail };
        out.clear();
        out.push_str(&scheme);
        out.push_str("://");
        if !user.is_empty() {
            out.push_str(user);
            out.push('@');
        }
        out.push_str(host);
        out.push_str(tail);
        Ok(())
    }

    fn strict(&self) -> bool {
        false
    }

    fn space(&self) -> Option<f64> {
        None
    }

    fn facts(&self) -> &Facts {
        &URL
    }

    fn derive(&self, normal: &str) -> Derived {
        Derived {
            holds: personal(normal).map(Part::as_str),
            ..Derived::default()
        }
    }
}

/// At least two labels of letters, digits and hyphens, or an IP address, and a
/// port where there is one.
fn is_host(host: &str) -> bool {
    if let Some(rest) = host.strip_prefix('[') {
        return rest
            .split_once(']')
            .is_some_and(|(ip, port)| ip.parse::<Ipv6Addr>().is_ok() && is_port(port));
    }
    let (name, port) = host.find(':').map_or((host, ""), |at| {
        host.split_at_checked(at).unwrap_or((host, ""))
    });
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '_' || !c.is_ascii())
    };
    is_port(port)
        && name.len() <= 253
        && (name == "localhost" || name.contains('.'))
        && name.split('.').all(label)
}

fn is_port(port: &str) -> bool {
    port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|digits| digits.parse::<u16>().is_ok())
}

/// `ip`: see the head of this file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ip;

static IP: Facts = Facts {
    title: "an address of a machine, IPv4 or IPv6",
    check: "numbers to 255 without needless zeros; the forms of RFC 4291",
    reveals: "provider, often a town; with the provider's log a subscriber",
    chance: 0.002,
    in_text: InText::Bare,
    words: &["ip", "ip地址", "登录ip", "ipv4", "ipv6"],
    source: "RFC 791, RFC 4291, RFC 5952",
    right: &[
        ("192.0.2.44", "192.0.2.44"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
    ],
    wrong: &[
        ("192.0.2.256", Misfit::Form),
        ("192.0.02.44", Misfit::Form),
        ("192.0.2", Misfit::Form),
        ("fe80::1%eth0", Misfit::Form),
    ],
    ..Facts::NONE
};

impl Kind for Ip {
    fn name(&self) -> &'static str {
        "ip"
    }

    fn version(&self) -> u32 {
        1
    }

    fn normalise(&self, value: &str, _: &KindOptions, out: &mut String) -> Result<(), Misfit> {
        fold(value, 256, out)?;
        // Cheap first: most cells are no address.
        if !out
            .bytes()
            .all(|b| b.is_ascii_hexdigit() || b == b'.' || b == b':')
            || !out.bytes().any(|b| b == b'.' || b == b':')
        {
            return Err(Misfit::Form);
        }
        let ip = out.parse::<IpAddr>().map_err(|_| Misfit::Form)?;
        *out = ip.to_canonical().to_string();
        Ok(())
    }

    fn strict(&self) -> bool {
        false
    }

    /// Addresses of IPv4.
    fn space(&self) -> Option<f64> {
        Some(3.7e9)
    }

    fn facts(&self) -> &Facts {
        &IP
    }
}

/// `mac`: see the head of this file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mac;

static MAC: Facts = Facts {
    title: "the address of a network card, phone or router",
    local: "MAC地址",
    check: "six pairs of hexadecimal digits, and their marks",
    reveals: "maker of the device; with a list of access points, where it is",
    chance: 1.0,
    in_text: InText::Bare,
    words: &["mac", "mac地址", "bssid", "wifi", "蓝牙"],
    source: "IEEE 802-2014",
    right: &[
        ("00:00:5E:00:53:01", "00:00:5e:00:53:01"),
        ("00-00-5e-00-53-af", "00:00:5e:00:53:af"),
        ("0000.5e00.53af", "00:00:5e:00:53:af"),
    ],
    wrong: &[
        ("00:00:5E:00:53", Misfit::Form),
        ("00:00-5E:00:53:01", Misfit::Form),
        ("00005E005301", Misfit::Form),
        ("00:00:5E:00:53:0G", Misfit::Form),
    ],
    ..Facts::NONE
};

impl Kind for Mac {
    fn name(&self) -> &'static str {
        "mac"
    }

    fn version(&self) -> u32 {
        1
    }

    fn normalise(&self, value: &str, _: &KindOptions, out: &mut String) -> Result<(), Misfit> {
        let mut text = String::new();
        fold(value, 256, &mut text)?;
        out.clear();
        let (mark, each) = match text.len() {
            17 if text.contains(':') => (':', 2),
            17 => ('-', 2),
            14 => ('.', 4),
            _ => return Err(Misfit::Form),
        };
        for part in text.split(mark) {
            if part.len() != each || !part.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(Misfit::Form);
            }
            for (at, c) in part.chars().enumerate() {
                if at % 2 == 0 && !out.is_empty() {
                    out.push(':');
                }
                out.push(c.to_ascii_lowercase());
            }
        }
        if out.len() == 17 {
            Ok(())
        } else {
            Err(Misfit::Form)
        }
    }

    fn strict(&self) -> bool {
        true
    }

    fn space(&self) -> Option<f64> {
        Some(2.8e14)
    }

    fn facts(&self) -> &Facts {
        &MAC
    }

    fn derive(&self, normal: &str) -> Derived {
        // The second lowest bit of the first byte: given out by the device
        // itself, so that it names no maker.
        match normal.as_bytes().get(1) {
            Some(b'2' | b'3' | b'6' | b'7' | b'a' | b'b' | b'e' | b'f') | None => {
                Derived::default()
            }
            Some(_) => Derived::default().from(super::check::part(normal, 0, 8)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: &dyn Kind, value: &str) -> Option<String> {
        let mut out = String::new();
        kind.normalise(value, &KindOptions::default(), &mut out)
            .ok()
            .map(|()| out)
    }

    #[test]
    fn the_lists_are_sorted() {
        assert!(ACCOUNTS.is_sorted() && KEYS.is_sorted() && PAGES.is_sorted());
    }

    #[test]
    fn the_personal_part_of_an_address_is_named() {
        for (url, part) in [
            ("https://u:p@example.com/", Some(Part::UserInfo)),
            ("https://weibo.com/u/1234567890", Some(Part::Account)),
            ("https://www.weibo.com/invented", Some(Part::Account)),
            ("https://example.com/users/anna", Some(Part::Account)),
            ("https://example.com/@anna", Some(Part::Account)),
            ("https://example.com/~anna/cv.html", Some(Part::Account)),
            ("https://example.com/reset?token=abc", Some(Part::Query)),
            ("https://example.com/a?x=1&session_id=9", Some(Part::Query)),
            ("https://example.com/cb#access_token=9", Some(Part::Query)),
            ("https://example.com/", None),
            ("https://example.com/news/2026/11/23.html?page=2", None),
            ("https://x.com/search?q=a", None),
            ("https://example.com/users", None),
            ("https://example.com/a?token=", None),
        ] {
            let normal = read(&Url, url).unwrap();
            assert_eq!(personal(&normal), part, "{url}");
        }
    }

    #[test]
    fn versions_times_and_decimals_are_no_addresses() {
        for value in [
            "1.2.3",
            "10.0.19041.1234",
            "1.2.3.4.5",
            "v1.2.3.4",
            "12:30:45",
            "12:30",
            "3.14",
            "1.02.3.4",
            "192.168.1.1/24",
            "2026-11-23",
            "::g",
            "127.1",
            "0x7f.0.0.1",
            "１．２．３",
        ] {
            assert_eq!(read(&Ip, value), None, "{value}");
            assert_eq!(read(&Mac, value), None, "{value}");
        }
        assert_eq!(
            read(&Ip, "１９２．０．２．１").as_deref(),
            Some("192.0.2.1")
        );
    }
}
