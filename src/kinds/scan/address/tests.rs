//! What is an address and what is none, between any neighbours. All of them are
//! invented.
#![allow(clippy::string_slice, reason = "a panic fails the test")]

use super::super::{Scanner, Scratch};
use super::*;
use crate::kinds::tests::Draw;
use proptest::prelude::*;

fn redacted(text: &str) -> String {
    let scanner = Scanner::new(&["cn-address"], None).unwrap();
    let mut scratch = Scratch::new();
    let mut out = String::new();
    let mut at = 0;
    for hit in scanner.find(text, &mut scratch) {
        out.push_str(&text[at..hit.start]);
        out.push('#');
        at = hit.end;
    }
    out + &text[at..]
}

#[test]
fn addresses_go_whole() {
    let mut failures = Vec::new();
    for (text, left) in [
        ("住幸福路12号。", "住#。"),
        (
            "现住北京市朝阳区幸福路12号3号楼2单元501室，有电梯",
            "现住#，有电梯",
        ),
        ("家住幸福路十二号", "家住#"),
        ("住幸福路１２号", "住#"),
        ("住幸福路 12 号 3 号楼", "住#"),
        ("江苏省苏州市昆山市假想路1号", "#"),
        ("张三江苏省苏州市昆山市假想路1号李四", "张三#李四"),
        ("张三江苏苏州昆山市假想路1号", "张三#"),
        ("地址：假想路88弄6号201室", "地址：#"),
        ("位于示例街道样板路12号院5号楼", "位于#"),
        ("住乌有小区3栋201", "住#"),
        ("住乌有花园二期3幢2单元1201室", "住#"),
        ("住乌有小区3-2-501，", "住#，"),
        ("住乌有村三组", "住#"),
        ("样板镇示例村第三村民小组12号", "#"),
        ("住样板镇示例村5队12号", "住#"),
        ("示例胡同甲12号", "#"),
        ("示例路12号甲", "#"),
        ("示例路12-3号", "#"),
        ("示例路12号附3号", "#"),
        ("北京西路100号", "#"),
        ("南京路5号", "#"),
        ("五一路5号", "#"),
        ("三里屯12号", "#"),
        ("示例大厦B座1201室", "#"),
        ("示例大街12号虚构科技公司3号楼301室", "#"),
        ("广东省假想市,虚构区,占位路5号,1203室", "#"),
        ("浙江省假想市虚构区\n占位路5号\n乌有苑1203室", "#"),
        ("假想市虚构区占位路5号\"乌有苑\"3栋1203室", "#"),
        ("他从幸福小区去人民路12号", "他从幸福小区去#"),
        ("住幸福路12号，王某住和平街5号。", "住#，王某住#。"),
        ("台北市大安區示例東路三段12號5樓之3", "#"),
        ("九龍示例道12號3樓A室", "#"),
        ("lives at 示例路12号 now", "lives at # now"),
        ("示例路12号13800138000", "#13800138000"),
        ("示例路1\u{200B}2号", "#"),
        ("朝阳区12号院5号楼", "#"),
        ("上海市3栋201室", "#"),
        ("示例庄3#楼201室", "#"),
    ] {
        if redacted(text) != left {
            failures.push(format!("{text}: {}", redacted(text)));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn what_only_looks_like_an_address_stays() {
    let mut failures = Vec::new();
    for text in [
        "在北京开会",
        "北京市朝阳区",
        "江苏省苏州市昆山市",
        "住幸福路",
        "幸福小区居民",
        "三路公交",
        "坐3路车12站",
        "第5号文件",
        "2楼",
        "6号线",
        "一号店",
        "3月12号",
        "2024号",
        "身份证号",
        "上海12号",
        "北京市12号召开",
        "知道12号要开会",
        "幸福村12号下午开会",
        "幸福小区3室2厅",
        "乌有村12户贫困户",
        "示例路5号线",
        "全村12号开会",
        "家里12号停电",
        "5公里12号",
        "幸福村3组织生活",
        "京国发〔2016〕12号",
        "地铁2号线人民广场站3号口",
        "人民广场3号出口",
        "教学楼3楼",
        "二楼会议室",
        "2号楼",
        "3栋201室",
        "幸福村2016-03-09",
        "开会，12号",
        "人民路，12号开工",
        "第13届第800次会议第138000号",
        "住院12号出院",
        "会议纪要第3号",
        "编号12号",
        "工号12",
        "2017年党费已交3月",
        "12号台风",
        "一路顺风12号",
        "走路12号",
        "参加2016年第3组学习",
        "第2小组组长",
        "三号院",
        "号",
        "路号",
        "市区县路街",
    ] {
        if redacted(text) != text {
            failures.push(format!("{text}: {}", redacted(text)));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The elements of addresses, drawn; the last is always a house.
fn drawn(draw: &mut Draw) -> String {
    let pick = |draw: &mut Draw, of: &[&str]| of[draw.below(of.len() as u64) as usize].to_owned();
    let number = |draw: &mut Draw| {
        let n = 1 + draw.below(300);
        match draw.below(4) {
            0 => n
                .to_string()
                .chars()
                .map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap())
                .collect(),
            1 if n < 100 => {
                let of =
                    |d: u64| ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"][d as usize];
                match n {
                    1..10 => of(n).to_owned(),
                    _ => format!("{}十{}", if n < 20 { "" } else { of(n / 10) }, of(n % 10)),
                }
            }
            _ => n.to_string(),
        }
    };
    let name = |draw: &mut Draw| {
        let n = 2 + draw.below(3);
        (0..n)
            .map(|_| {
                pick(
                    draw,
                    &[
                        "幸", "福", "华", "安", "春", "阳", "光", "泰", "和", "兴", "平", "虹",
                    ],
                )
            })
            .collect::<String>()
    };
    let mut out = String::new();
    if draw.below(2) == 0 {
        out += &pick(
            draw,
            &[
                "江苏省",
                "北京市",
                "广东省广州市",
                "四川省成都市武侯区",
                "假想市虚构区",
                "浙江",
            ],
        );
    }
    if draw.below(3) == 0 {
        out += &(name(draw) + &pick(draw, &["镇", "乡", "街道"]));
    }
    out += &name(draw);
    match draw.below(3) {
        0 => out += &(pick(draw, &["路", "街", "大道", "胡同", "巷"]) + &number(draw) + "号"),
        1 => {
            out += &(pick(draw, &["村", "庄", "屯"])
                + &number(draw)
                + &pick(draw, &["组", "队", "号"]))
        }
        _ => {
            out += &(pick(draw, &["小区", "花园", "公寓", "苑"])
                + &number(draw)
                + &pick(draw, &["栋", "号楼", "幢"]))
        }
    }
    if draw.below(2) == 0 {
        out += &(number(draw) + "单元" + &(101 + draw.below(2000)).to_string() + "室");
    }
    out
}

#[test]
fn drawn_addresses_go_whole_between_any_neighbours_and_their_divisions_stay() {
    let mut draw = Draw(0x51ED_270B);
    for _ in 0..4_000 {
        let address = drawn(&mut draw);
        for (before, after) in [
            ("", ""),
            ("住", "。"),
            ("он ", "х"),
            ("は", "の"),
            ("at ", " now"),
            ("「", "」"),
        ] {
            let text = format!("{before}{address}{after}");
            assert_eq!(redacted(&text), format!("{before}#{after}"));
            assert!(may_hold(&text));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// The quick look leaves nothing out, places are those of characters, and
    /// what is left holds no further address.
    #[test]
    fn the_quick_look_leaves_nothing_out(text in "([市区路街道村庄小花园3１十号楼室栋组单元甲住第,、 \n-]|江苏省|昆山|幸福){0,16}") {
        let (mut cells, mut hits) = (Cells::default(), Vec::new());
        find(&text, &mut cells, &mut hits);
        prop_assert!(hits.is_empty() || may_hold(&text), "{}", text);
        for pair in hits.windows(2) {
            prop_assert!(pair[0].end <= pair[1].start);
        }
        for hit in &hits {
            prop_assert!(text.get(hit.start..hit.end).is_some());
        }
        let left = redacted(&text).replace('#', "[cn-address]");
        prop_assert_eq!(redacted(&left), left.clone());
    }

    #[test]
    fn nothing_panics(text in ".{0,60}") {
        let _ = redacted(&text);
    }
}
