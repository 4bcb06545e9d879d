//! Links of each vendor, and what is inside them.

pub(super) const TOKEN: &str = "https://auth.example.com/v?token=3f7Kq9-_&next=%2Fa";

/// The inside of Mailinblack's key.
pub(super) const MAILINBLACK: &str =
    "eyJsYW5nIjoiRlIiLCJ1cmwiOiJodHRwczovL3d3dy5leGFtcGxlLmNvbS9hP2I9YyIsInRva2VuIjoiZ0FBIn0";

/// As they stand in mails; the names in them are made up.
pub(super) const SAMPLES: &[(&str, &str, &str)] = &[
    (
        "Amazon SES click tracking",
        "https://k97t77cm.r.us-east-1.awstrack.me/L0/https:%2F%2Fauth.example.com%2Fv%3Ftoken=3f7Kq9-_%26next=%252Fa/1/01020199d0963a8e-000000/p_cF684PcLrl53=447",
        TOKEN,
    ),
    (
        "Amazon SES click tracking",
        "https://p2h9234f.r.ap-south-1.awstrack.me/CL0/https:%2F%2Fwww.example.com%2FForever Medspa%2F/1/0109-000000/jwEVY=151",
        "https://www.example.com/Forever%20Medspa/",
    ),
    (
        "Barracuda Link Protection",
        "https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fauth.example.com%2fv%3ftoken%3d3f7Kq9-_%26next%3d%252Fa&c=E,1,6oCqZuEwNUy08,&typo=1",
        TOKEN,
    ),
    (
        "Check Point Harmony Email",
        "https://protect.checkpoint.com/v2/r02/___https://auth.example.com/v?token=3f7Kq9-_&next=%2Fa___.YzJlOnRlbGVmbzpjOm86ZGIx",
        TOKEN,
    ),
    (
        "Check Point Harmony Email",
        "https://url.avanan.click/v2/___https:/auth.example.com/v?token=3f7Kq9-_&next=%2Fa___.YXAzOnNhcmFncmlsbG8",
        TOKEN,
    ),
    (
        "Check Point Harmony Email",
        "https://url.avanan.click/v2/r01/___https%3A//www.example.com/a___b___.YXAz",
        "https://www.example.com/a___b",
    ),
    (
        "Cisco Secure Email",
        "http://secure-web.cisco.com/1rpFFtn1JZDE_g214Q-YS6/https%3A%2F%2Fauth.example.com%2Fv%3Ftoken%3D3f7Kq9-_%26next%3D%252Fa",
        TOKEN,
    ),
    (
        "Cisco Secure Email",
        "https://secure-web.cisco.com/1W2R4YLY2hh/https%253A%252F%252Fauth.example.com%252Fv%253Ftoken%253D3f7Kq9-_%2526next%253D%25252Fa",
        TOKEN,
    ),
    (
        "EdgePilot",
        "https://link.edgepilot.com/s/e2b6ca7e/M2-CUdbmsU6-CdFBM7HzkQ?u=https://auth.example.com/v?token=3f7Kq9-_%26next=%252Fa",
        TOKEN,
    ),
    (
        "FireEye (Trellix) Email Security",
        "https://protect2.fireeye.com/v1/url?k=847bae75-e5f0bb43&q=1&e=37a26c43-8564-4808-9701-dc76d1ebbb27&u=https%3A%2F%2Fauth.example.com%2Fv%3Ftoken%3D3f7Kq9-_%26next%3D%252Fa",
        TOKEN,
    ),
    (
        "Hornetsecurity",
        "http://atpscan.global.hornetsecurity.com/?d=bl0W&f=kXUM&i=&k=zA1z&m=2hBC&n=pgSe&r=h5yb&s=46c7fa&u=http%3A%2F%2Fwww.example.com%2F",
        "http://www.example.com/",
    ),
    (
        "Libraesva URLSand",
        "https://urlsand.esvalabs.com/?u=https%3A%2F%2Fwww.example.com%2Fabs%2F2502.10811&e=ed7a584b&h=456504aa&f=y&p=y",
        "https://www.example.com/abs/2502.10811",
    ),
    (
        "Microsoft Azure mails",
        "https://emails.azure.microsoft.com/redirect/?destination=https%3A%2F%2Fapp.example.com%2FRedirect%3Faction%3DOpenLink&p=bT1h",
        "https://app.example.com/Redirect?action=OpenLink",
    ),
    (
        "Microsoft Safe Links",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fauth.example.com%2Fv%3Ftoken%3D3f7Kq9-_%26next%3D%252Fa&data=05%7C02%7Ca%40b.example%7C&sdata=x8YpJn%3D&reserved=0",
        TOKEN,
    ),
    (
        "Microsoft Safe Links",
        "  <HTTPS://NAM06.SafeLinks.Protection.Outlook.com:443/ap/w-59584e83/?data=05&amp;url=https%3A%2F%2Fwww.example.com%2F%3Aw%3A&amp;reserved=0> \r\n",
        "https://www.example.com/:w:",
    ),
    (
        "Microsoft Safe Links",
        "https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html?url=https%3A%2F%2Fwww.example.com%2F&locale=en-us",
        "https://www.example.com/",
    ),
    (
        "Proofpoint URL Defense",
        "https://urldefense.proofpoint.com/v1/url?u=https://auth.example.com/v?token%3D3f7Kq9-_%26amp%3Bnext%3D%252Fa&amp;k=oIvRg1%2BdG%3D%0A&amp;r=IKM5u8&amp;s=d3583c",
        TOKEN,
    ),
    (
        "Proofpoint URL Defense",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__auth.example.com_v-3Ftoken-3D3f7Kq9-2D-5F-26next-3D-252Fa&d=DwMFaQ&c=Vxt5e0&r=MujLD&m=QJGh&s=ew-rO&e=",
        TOKEN,
    ),
    (
        "Proofpoint URL Defense",
        "https://urldefense.com/v3/__https://auth.example.com/v?token=3f7Kq9-_&next=*2Fa__;JQ!!ACWV5N9M2RV99hQ!MwAZFXXIwuP0lv-kuUIJ$",
        TOKEN,
    ),
    // A mail client merged the slashes and took the end for no part of the link.
    (
        "Proofpoint URL Defense",
        "https://urldefense.us/v3/__https:/www.example.com/search?term=IMAGINING*AFTER*IT__;Kys!!LkSTlj0I!C7v04Cg7%24",
        "https://www.example.com/search?term=IMAGINING+AFTER+IT",
    ),
    // Three bytes are one dash.
    (
        "Proofpoint URL Defense",
        "https://urldefense.com/v3/__https://en.example.org/wiki/Jensen**BShannon_divergence*__;4oCTIw!!Mih3wA!SwZbl3yG75$",
        "https://en.example.org/wiki/Jensen%E2%80%93Shannon_divergence#",
    ),
    (
        "Sophos Email",
        "https://eu-central-1.protection.sophos.com/?d=example.com&u=aHR0cHM6Ly93d3cuZXhhbXBsZS5jb20vZXZlbnRzL3N0YXJ0Lm1pP2lkPTE2JmtleT1HUlA=&i=NWE2&t=Skw/OI=&h=1df6",
        "https://www.example.com/events/start.mi?id=16&key=GRP",
    ),
    (
        "Symantec Click-time Protection",
        "https://clicktime.symantec.com/38YrYPLxxSqYhBQLb1eruhW7Vc?u=http%3A%2F%2Fwww.example.com%2Fa.tgz",
        "http://www.example.com/a.tgz",
    ),
    (
        "Symantec Click-time Protection",
        "https://clicktime.symantec.com/15tStdWWRBCjGxB6bujRD?h=zRUjvnB-oJ7CeZ=&amp;u=https://auth.example.com/v?token%3D3f7Kq9-_%26next%3D%252Fa",
        TOKEN,
    ),
    (
        "Trend Micro",
        "https://ddec1-0-en-ctp.trendmicro.com:443/wis/clicktime/v1/query?url=https%3a%2f%2fdocs.oasis%2dopen.example%2fv1.1%2fv1.1.pdf&umid=d1786ace&auth=53c7c7",
        "https://docs.oasis-open.example/v1.1/v1.1.pdf",
    ),
    (
        "Trustwave MailMarshal",
        "https://scanmail.trustwave.com/?c=20988&d=6qC75SLs-9PNM1ZH&u=https%3a%2f%2fsocial%2eexample%2ecom%2f%40a%2f1112",
        "https://social.example.com/@a/1112",
    ),
    (
        "Vade Secure",
        "https://antiphishing.vadesecure.com/v4?f=UU1X&i=RTNL&k=ywmE&r=ZnVk&s=634b&u=https%3A%2F%2Fwww.example.com%2Fagenda%2F",
        "https://www.example.com/agenda/",
    ),
    (
        "Vade Secure",
        "https://m365.us.vadesecure.com/safeproxy/v4?f=-p_I&amp;i=_0F5&amp;k=lbWb&amp;r=jdgv&amp;s=934b&amp;u=https%3A%2F%2Fwww.example.com%2F%23issue",
        "https://www.example.com/#issue",
    ),
    (
        "WhatsApp",
        "https://l.wl.co/l?u=https%3A%2F%2Fwww.example.com%2Fprofile.php%3Fid%3D6155",
        "https://www.example.com/profile.php?id=6155",
    ),
    (
        "Zix",
        "https://link.zixcentral.com/u/08573078/uLbJvu8j6RG0fTcth3soMg?u=https%3A%2F%2Fwww.example.com%2F279937978",
        "https://www.example.com/279937978",
    ),
];

pub(super) const OPAQUE: &[(&str, &str)] = &[
    ("AppRiver", "https://url.emailprotection.link/?b6t_II7rHqeURY3L4E7-KcEv"),
    (
        "Inky",
        "https://shared.outlook.inky.com/link?domain=www.example.com&t=h.eJx1kcFu2zA",
    ),
    (
        "Mimecast URL Protect",
        "https://protect-eu.mimecast.com/s/YP9XCWQRPfDXo1NIKijuV?domain=www.example.com",
    ),
    (
        "Mimecast URL Protect",
        "https://url.za.m.mimecastprotect.com/s/bXKkCBgX56fV0WN4oSzfxs2nC3x?domain=www.example.com",
    ),
];
