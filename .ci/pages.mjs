// Opens every page that offrecord writes in a real browser, at the sizes of a
// phone, a laptop and a sheet of A4, light and dark: no request, no script
// error, nothing wider than the window, nothing that axe-core objects to. Then
// it does what a reviewer does: saves a sign-off, drops a manifest on
// check.html. All people are invented.
//
//   node .ci/pages.mjs PROGRAM TOOLS [PICTURES]
//
// TOOLS is a folder with node_modules (playwright-core, axe-core); pictures of
// the pages are left in PICTURES, where it is given, to be looked at.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [program, tools, pictures] = process.argv.slice(2).map((name) => path.resolve(name));
const require = createRequire(path.join(tools, "x.js"));
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "offrecord-pages-"));
process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
const file = (name) => path.join(folder, name);
const wrong = [];

function offrecord(args, may = 0) {
  try {
    return execFileSync(program, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    if (error.status === may) return error.stdout;
    throw new Error(`offrecord ${args.join(" ")}: exit ${error.status}\n${error.stderr}`);
  }
}

// A policy of 60 columns with long Chinese names, and names, purposes and file
// names that try to be mark-up.
const EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>";
function invent() {
  const columns = Array.from({ length: 57 }, (_, n) => `第${n + 1}项登记信息及其补充说明栏目`);
  const rule = (name, lines, why) => `[columns."${name}"]\n${lines}\nground = "any"\nwhy = "${why}"\n\n`;
  let policy = `policy = "pages/sixty"\nversion = 1\nfamily = "pages"\npurpose = "统计党员人数 ${EVIL}"\n` +
    `[basis]\ncontroller = "Example News ${EVIL}"\nlawful_basis = "GDPR Art. 6(1)(f)"\n` +
    `[recipients.partner-be]\nname = "Example Partner ${EVIL}"\ncountry = "BE"\nrole = "independent controller"\n` +
    `transfer = "adequacy decision"\ndelete_by = 2099-06-30\n` +
    `[subject]\ncolumn = "公民身份号码"\n[grounds]\nany = "不需要，会指认个人 ${EVIL}"\n`;
  policy += rule("公民身份号码", 'do = "pseudonymise"\nkind = "exact"\ndomain = "person"\nclass = "none"', "计数");
  policy += rule(EVIL, 'do = "drop"', "no");
  policy += rule("备注", 'do = "redact"\nfind = ["phone", "own-row"]\nregion = "CN"\nclass = "none"', "要点");
  columns.forEach((name, n) => {
    policy += n < 4
      ? rule(name, 'do = "keep"\nvalues = ["甲", "乙", "averyveryverylongvaluewithoutanyspacesinitatall"]', "发现")
      : rule(name, n % 2 ? 'do = "drop"' : 'do = "drop"\ntables = "keep"', "不需要");
  });
  policy += '[extract]\n[extract.risk]\nk = 2\nsmall = "withhold-rows"\n' +
    `[[tables]]\nname = "by-one"\nby = ["${columns[4]}"]\ncount = ["person"]\nmin = 3\n` +
    '[[examples]]\ngiven = { "备注" = "call 13800138000" }\nexpect = { "备注" = "call [phone]" }\n';
  fs.writeFileSync(file("policy.toml"), policy);
  const names = ["公民身份号码", EVIL, "备注", ...columns].map((name) => `"${name}"`);
  const rows = Array.from({ length: 400 }, (_, n) => {
    const values = columns.map((_, c) => (c < 4 ? ["甲", "乙"][(n >> c) % 2] : `值${(n * (c + 3)) % 5}`));
    return [`INVENTED${10000 + n}`, `Nobody ${n}`, "无", ...values].join(",");
  });
  fs.writeFileSync(file("登记册 <b>.csv"), [names.join(","), ...rows].join("\n") + "\n");
}

invent();
const input = "登记册 <b>.csv";
offrecord(["key", "new", "key"]);
const pages = {};
for (const lang of ["en", "zh"]) {
  offrecord(["review", "policy.toml", "--input", input, "--out", `pack-${lang}`, "--lang", lang]);
  pages[`pack-${lang}`] = `pack-${lang}/pack.html`;
  pages[`sheet-${lang}`] = `pack-${lang}/decision-sheet.html`;
  fs.writeFileSync(file(`brief-${lang}.html`), offrecord(["explain", "policy.toml", "--format", "html", "--lang", lang]));
  pages[`brief-${lang}`] = `brief-${lang}.html`;
}
fs.writeFileSync(file("tighter.toml"), fs.readFileSync(file("policy.toml"), "utf8").replace("k = 2", "k = 3"));
fs.writeFileSync(file("diff.html"), offrecord(["diff", "policy.toml", "tighter.toml", "--input", input, "--format", "html"]));
pages.diff = "diff.html";
offrecord(["profile", input, "--html", "profile.html"]);
pages.profile = "profile.html";
offrecord(["run", "policy.toml", input, "--key", "key", "--recipient", "partner-be", "--out", "release", "--quiet"]);
pages.report = "release/report.html";
pages.private = "release.private/report.html";
offrecord(["approve", "release", "--by", "Anna Beispiel"]);
offrecord(["bundle", "release", "--to", "partner-be", "--out", "p.zip"]);
execFileSync("python3", ["-m", "zipfile", "-e", "p.zip", "got"], { cwd: folder });
pages.check = "got/check.html";

const SIZES = { phone: [360, 740], laptop: [1366, 768], a4: [794, 1123] };
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
if (pictures) fs.mkdirSync(pictures, { recursive: true });

function watched(page, name) {
  page.on("request", (request) => {
    const url = request.url();
    if (request.isNavigationRequest() && url.startsWith("file:")) return;
    if (!url.startsWith("blob:")) wrong.push(`${name}: asks for ${url}`);
  });
  page.on("pageerror", (error) => wrong.push(`${name}: script error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(`${name}: ${message.text()}`);
  });
  page.on("dialog", (dialog) => {
    wrong.push(`${name}: a dialog: injected script ran`);
    dialog.dismiss();
  });
}

const PROMISES = /anonym|de-?identif|\bcompliant\b|\bsafe(ly)?\b|匿名|去标识|脱敏/;
let looked = 0;
for (const [name, place] of Object.entries(pages)) {
  for (const [size, [width, height]] of Object.entries(SIZES)) {
    for (const colorScheme of size === "a4" ? ["light"] : ["light", "dark"]) {
      const here = `${name} ${size} ${colorScheme}`;
      const page = await browser.newPage({ viewport: { width, height }, colorScheme });
      watched(page, here);
      if (size === "a4") await page.emulateMedia({ media: "print" });
      await page.goto(pathToFileURL(file(place)).href);
      const [content, room] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      if (content > room) wrong.push(`${here}: ${content} pixels wide in a window of ${room}`);
      const text = (await page.evaluate(() => document.body.innerText)).toLowerCase();
      for (const word of PROMISES.exec(text) ?? []) wrong.push(`${here}: promises too much: ${word}`);
      // Contrast differs by scheme; the rest is the same at every size.
      if (size !== "a4") {
        await page.evaluate(axe);
        const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
        for (const one of found.violations) {
          wrong.push(`${here}: axe ${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
        }
      }
      if (pictures) await page.screenshot({ path: path.join(pictures, `${here.replaceAll(" ", "-")}.png`), fullPage: true });
      looked += 1;
      await page.close();
    }
  }
}

// The sign-off of the pack, saved as a file, is what `approve` records.
{
  const page = await browser.newPage();
  watched(page, "sign-off");
  await page.goto(pathToFileURL(file(pages["pack-en"])).href);
  await page.fill("#sign-name", "Anna Beispiel, legal");
  await page.check("input[value=approve]");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#sign-save")]);
  await download.saveAs(file("saved.json"));
  offrecord(["approve", "policy.toml", "--any-input", "--from", "saved.json"]);
  await page.close();
}

// check.html shows the words of the manifest itself, and others for another.
{
  const page = await browser.newPage();
  watched(page, "check.html");
  await page.goto(pathToFileURL(file(pages.check)).href);
  const words = async () => {
    await page.waitForSelector("#words", { timeout: 60000 });
    return page.textContent("#words");
  };
  const manifest = fs.readFileSync(file("got/release/manifest.json"));
  await page.setInputFiles("#file", file("got/release/manifest.json"));
  const chosen = await words();
  offrecord(["approve", "release", "--by", "Bert Muster", "--words", chosen, "--channel", "telephone"]);
  if (pictures) await page.screenshot({ path: path.join(pictures, "check-chosen.png") });
  const drop = async (bytes) => {
    await page.evaluate((list) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(list)], "manifest.json"));
      document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }, [...bytes]);
    return words();
  };
  if ((await drop(manifest)) !== chosen) wrong.push("check.html: dropping shows other words than choosing");
  manifest[manifest.length >> 1] ^= 1;
  const other = await drop(manifest);
  if (other === chosen || other.split(" ").length !== 6) wrong.push("check.html: a changed byte does not show");
  await page.close();
}
await browser.close();

for (const line of wrong) console.error(line);
console.log(`${Object.keys(pages).length} pages looked at in ${looked} ways, ${wrong.length} faults`);
process.exit(wrong.length ? 1 : 0);
