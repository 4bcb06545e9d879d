//! Names in the wild, with whose they are, and what is made of them.

use proptest::prelude::*;

use super::*;

/// What only a proxy can know.
const CLAIMS: &[(&str, &str)] = &[
    ("RFC 7239", "forwarded"),
    ("RFC 9440", "client-cert client-cert-chain"),
    (
        "nginx, by habit",
        "x-real-ip x-real-port x-ssl-cert x-ssl-client-cert x-ssl-client-s-dn x-ssl-client-verify",
    ),
    (
        "HAProxy, Traefik, Apache, by habit",
        "x-forwarded-for x-forwarded-host x-forwarded-proto x-forwarded-port x-forwarded-server x-forwarded-prefix \
         x-forwarded-by x-forwarded-scheme x-forwarded-ssl x-forwarded x-forwarded-uri x-forwarded-method forwarded-for \
         x-forwarded-protocol x-scheme x-url-scheme x-protocol x-host",
    ),
    (
        "Traefik",
        "x-forwarded-tls-client-cert x-forwarded-tls-client-cert-info",
    ),
    (
        "Apache mod_ssl, F5",
        "ssl-client-cert ssl-client-s-dn ssl-client-verify x-ssl x-ssl-cipher x-client-cert x-tls-version",
    ),
    (
        "Apache mod_remoteip, Rails",
        "client-ip x-client-ip x-remote-ip x-remote-addr x-remote-host x-remote-port",
    ),
    (
        "Envoy, Istio",
        "x-envoy-external-address x-envoy-internal x-envoy-original-path x-envoy-peer-metadata x-forwarded-client-cert",
    ),
    (
        "Cloudflare",
        "cf-connecting-ip cf-connecting-ipv6 cf-pseudo-ipv4 cf-ipcountry cf-visitor cf-ray cf-worker cf-bot-score \
         cf-access-authenticated-user-email cf-access-jwt-assertion cf-ja3-hash true-client-ip",
    ),
    ("Akamai", "akamai-client-ip akamai-origin-hop x-akamai-edgescape"),
    ("Fastly", "fastly-client-ip fastly-client fastly-ssl fastly-ff"),
    (
        "Fly.io",
        "fly-client-ip fly-forwarded-proto fly-forwarded-port fly-region",
    ),
    (
        "Amazon",
        "cloudfront-viewer-address cloudfront-viewer-country cloudfront-forwarded-proto cloudfront-viewer-ja3-fingerprint \
         cloudfront-is-mobile-viewer x-amzn-oidc-data x-amzn-oidc-identity x-amzn-oidc-accesstoken x-amzn-mtls-clientcert \
         x-amzn-mtls-clientcert-subject x-amzn-tls-version x-amzn-request-context x-amzn-lambda-context \
         x-apigateway-event x-apigateway-context",
    ),
    (
        "Azure",
        "x-azure-clientip x-azure-socketip x-azure-fdid x-azure-requestchain x-ms-client-principal \
         x-ms-client-principal-id x-ms-client-principal-name x-ms-client-principal-idp x-ms-token-aad-id-token \
         x-ms-token-google-access-token disguised-host was-default-hostname x-appservice-proto x-arr-ssl x-arr-clientcert",
    ),
    (
        "Google",
        "x-appengine-user-ip x-appengine-country x-appengine-cron x-appengine-queuename x-appengine-inbound-appid \
         x-goog-iap-jwt-assertion x-goog-authenticated-user-email x-goog-authenticated-user-id x-proxyuser-ip \
         x-apigateway-api-userinfo x-endpoint-api-userinfo x-client-geo-location",
    ),
    (
        "Vercel, Netlify",
        "x-vercel-forwarded-for x-vercel-ip-country x-vercel-proxied-for x-nf-client-connection-ip",
    ),
    ("Imperva, Sucuri", "incap-client-ip x-sucuri-clientip x-sucuri-country"),
    (
        "Alibaba, Tencent, ChinaNetCenter",
        "ali-cdn-real-ip eo-connecting-ip cdn-src-ip x-cdn-src-ip",
    ),
    ("Rackspace, Riverbed", "x-cluster-client-ip x-originating-ip"),
    (
        "WebLogic",
        "wl-proxy-client-ip wl-proxy-ssl wl-proxy-client-cert wl-proxy-client-keysize proxy-client-ip",
    ),
    ("Microsoft ISA and TMG", "front-end-https"),
    (
        "Squid and forward proxies",
        "x-original-forwarded-for x-original-host x-coming-from x-proxyuser-ip",
    ),
    (
        "Grafana, generic SSO",
        "x-webauth-user x-webauth-email x-webauth-role remote-user x-remote-user x-remote-groups remote-email",
    ),
    ("Kubernetes", "x-remote-group x-remote-extra-scopes"),
    (
        "oauth2-proxy",
        "x-auth-request-user x-auth-request-email x-auth-request-groups x-auth-request-access-token",
    ),
    (
        "oauth2-proxy",
        "x-forwarded-user x-forwarded-email x-forwarded-groups x-forwarded-access-token",
    ),
    (
        "Authelia, authentik",
        "remote-name x-authentik-username x-authentik-groups x-authentik-jwt",
    ),
    (
        "Pomerium, Teleport",
        "x-pomerium-jwt-assertion x-pomerium-claim-email teleport-jwt-assertion",
    ),
    (
        "Tailscale",
        "tailscale-user-login tailscale-user-name tailscale-user-profile-pic",
    ),
    ("Vouch", "x-vouch-user x-vouch-idp-claims-groups"),
    (
        "Kong",
        "x-consumer-id x-consumer-username x-consumer-custom-id x-credential-identifier x-anonymous-consumer",
    ),
    (
        "Kong",
        "x-authenticated-userid x-authenticated-scope x-authenticated-groups",
    ),
    ("APISIX", "x-userinfo"),
    (
        "Ory, Caddy",
        "x-user x-token-user-email x-token-user-roles x-token-subject x-jwt-payload",
    ),
    ("3scale", "x-rh-identity"),
    ("WSO2", "x-jwt-assertion"),
    ("WebSEAL", "iv-user iv-groups iv-creds iv-remote-address"),
    ("Oracle", "oam-remote-user oam-identity-domain osso-user-dn"),
    ("SiteMinder", "sm-user sm-universalid"),
    (
        "Shibboleth, mod_auth_mellon, mod_auth_openidc",
        "shib-identity-provider mellon-name-id oidc-claim-sub saml-subject",
    ),
    ("TLS fingerprints", "x-ja3 x-ja4 x-ja4h"),
    ("address databases", "x-geoip-country x-ip-country"),
    (
        "gateways, by habit",
        "x-username x-groups x-roles x-auth-user x-auth-username x-auth-roles x-sso-user x-verified-email",
    ),
];

/// What servers obey instead of the request line.
const MOVES: &[(&str, &str)] = &[
    ("IIS, Symfony, Zend", "x-original-url x-rewrite-url"),
    ("ingress-nginx", "x-original-uri x-original-method"),
    (
        "Express, Rails, Symfony and others",
        "x-http-method-override x-method-override x-http-method method-override",
    ),
    ("Zend", "x-http-destinationurl"),
    (
        "OWASP's list",
        "x-host-override x-forwarded-host-override x-http-host-override x-override-url x-rewrite-path",
    ),
    ("Azure", "x-original-path x-raw-url"),
    ("gateways", "x-request-uri x-url x-path-info script-name x-script-name"),
    (
        "Next.js",
        "x-middleware-subrequest x-middleware-rewrite x-invoke-path x-invoke-query x-matched-path x-now-route-matches",
    ),
    ("Rack", "x-sendfile-type x-accel-mapping"),
    ("linklatch", "x-linklatch-client x-linklatch-anything"),
    (
        "CGI, PHP",
        "x_real_ip x-forwarded_for remote_user x.forwarded.for x-real+ip oidc_claim_sub $wsra $wssc",
    ),
];

/// What applications, browsers and tracing need.
const ORDINARY_NAMES: &str = "accept accept-charset accept-encoding accept-language accept-ch authorization \
    cache-control content-digest content-disposition content-encoding content-language content-length content-location \
    content-range content-type cookie date dnt dpop early-data expect from host idempotency-key if-match \
    if-modified-since if-none-match if-range if-unmodified-since last-event-id max-forwards origin pragma prefer priority \
    range referer save-data signature signature-input te trailer upgrade-insecure-requests user-agent via warning \
    cdn-loop purpose x-purpose x-moz \
    access-control-request-headers access-control-request-method access-control-request-private-network \
    sec-ch-ua sec-ch-ua-arch sec-ch-ua-form-factors sec-ch-ua-mobile sec-ch-ua-platform sec-fetch-dest sec-fetch-mode \
    sec-fetch-site sec-fetch-user sec-gpc sec-purpose sec-websocket-extensions sec-websocket-key sec-websocket-protocol \
    sec-websocket-version device-memory downlink ect rtt viewport-width \
    depth destination lock-token overwrite timeout soapaction translate tus-resumable upload-length upload-metadata \
    upload-offset x-file-name x-original-filename x-upload-content-type \
    x-requested-with x-csrf-token x-csrftoken x-xsrf-token csrf-token x-wp-nonce x-inertia x-livewire hx-request \
    hx-current-url hx-target hx-trigger turbo-frame rsc next-action next-router-state-tree x-nextjs-data \
    x-middleware-prefetch \
    x-api-key api-key apikey x-api-version x-auth-token x-auth-key x-access-token x-session-token x-session-id x-id-token \
    x-client-info x-client-id x-client-name x-client-version x-client-secret x-client-data x-client-type \
    x-supabase-api-version x-supabase-info x-app-version x-device-id x-tenant-id x-organization-id x-timezone x-locale \
    x-user-id x-user-agent x-platform x-build-number x-android-package x-android-cert x-ios-bundle-identifier \
    x-firebase-client x-firebase-appcheck x-firebase-gmpid x-goog-api-key x-goog-api-client x-goog-user-project \
    x-hasura-role x-hasura-user-id x-hasura-admin-secret x-parse-application-id x-parse-session-token x-shopify-topic \
    x-hub-signature-256 x-github-event x-github-delivery x-gitlab-token x-gitlab-event x-slack-signature \
    x-slack-request-timestamp x-twilio-signature stripe-signature stripe-account x-vault-token x-plex-client-identifier \
    x-amz-date x-amz-content-sha256 x-amz-security-token x-amz-target x-amz-copy-source x-amz-user-agent \
    x-amz-checksum-sha256 x-ms-version x-ms-date x-ms-client-request-id x-ms-blob-type x-native-host \
    x-request-id x-correlation-id x-trace-id traceparent tracestate baggage x-b3-traceid x-b3-spanid x-b3-sampled b3 \
    uber-trace-id x-cloud-trace-context x-amzn-trace-id x-datadog-trace-id x-datadog-parent-id sentry-trace newrelic \
    x-ot-span-context x-request-start x-queue-start \
    grpc-timeout grpc-encoding grpc-accept-encoding x-grpc-web mcp-session-id mcp-protocol-version \
    openai-organization anthropic-version x-idempotency-key x-signature x-nonce x-timestamp";

fn names(table: &'static [(&'static str, &'static str)]) -> impl Iterator<Item = (&'static str, &'static str)> {
    table
        .iter()
        .flat_map(|(whose, names)| names.split_whitespace().map(move |name| (*whose, name)))
}

#[test]
fn what_a_proxy_tells_is_told_by_a_trusted_one_alone() {
    let rules = HeaderRules::default();
    for (whose, name) in names(CLAIMS) {
        assert_eq!(kind(name), Kind::Claim, "{name} of {whose}");
        assert!(
            rules.may_pass(name, true) && !rules.may_pass(name, false),
            "{name} of {whose}"
        );
    }
    for (whose, name) in names(MOVES) {
        assert_eq!(kind(name), Kind::Never, "{name} of {whose}");
        assert!(
            !rules.may_pass(name, true) && !rules.may_pass(name, false),
            "{name} of {whose}"
        );
    }
    assert!(names(CLAIMS).count() + names(MOVES).count() >= 100);
}

#[test]
fn what_applications_send_passes() {
    for name in ORDINARY_NAMES.split_whitespace() {
        assert_eq!(kind(name), Kind::Ordinary, "{name}");
        assert!(HeaderRules::default().may_pass(name, false), "{name}");
    }
    assert!(ORDINARY_NAMES.split_whitespace().count() >= 60);
}

/// A name as others would build it of the same words.
fn neighbours(name: &str) -> impl Iterator<Item = String> {
    let plain = name.strip_prefix("x-").unwrap_or(name);
    // One word alone may begin an application's name: `x-user-id`.
    let ends: &[&str] = if Words(name).alone().is_some() {
        &["", "-"]
    } else {
        &["", "-", "-1", "-v2", "-hint"]
    };
    let starts = ["", "x-", "x-http-", "http-", "-", "x--"];
    starts
        .into_iter()
        .flat_map(move |start| ends.iter().map(move |end| format!("{start}{plain}{end}")))
}

#[test]
fn neighbours_of_a_proxy_s_names_do_not_pass_either() {
    let rules = HeaderRules::default();
    let mut tried = 0;
    // Fields of linklatch's own are known by how they begin.
    let is_spared = |name: &str| name == "host" || name.contains("linklatch");
    for (whose, name) in names(CLAIMS).chain(names(MOVES)) {
        let signs = ["_", ".", "!", "~", "|"].map(|sign| name.replacen('-', sign, 1));
        for neighbour in neighbours(name).chain(signs).filter(|name| !is_spared(name)) {
            tried += 1;
            assert!(
                !rules.may_pass(&neighbour, false),
                "{neighbour}, like {name} of {whose}"
            );
        }
    }
    assert!(tried > 5_000, "{tried}");
}

#[test]
fn applications_name_their_fields_freely() {
    for start in ["", "x-", "acme-", "x-acme-", "x-app-"] {
        for middle in ["", "web-", "mobile-", "page-", "cart-"] {
            for end in [
                "token",
                "key",
                "version",
                "session",
                "locale",
                "timezone",
                "signature",
                "nonce",
                "csrf",
                "trace",
                "api-key",
                "session-id",
                "device",
                "build",
                "checksum",
                "feature-flags",
                "experiment",
                "currency",
                "tenant",
            ] {
                let name = format!("{start}{middle}{end}");
                assert_eq!(kind(&name), Kind::Ordinary, "{name}");
            }
        }
    }
}

#[test]
fn the_operator_has_the_last_word_but_for_what_moves() {
    let patterns = |list: &[&str]| list.iter().map(|text| NamePattern::new(text).unwrap()).collect();
    let rules = HeaderRules {
        pass: patterns(&[
            "X-Remote-User",
            "cf-*",
            "x-http-method-override",
            "x-linklatch-client",
            "x-forwarded-*",
        ]),
        drop: patterns(&["x-user-*", "x-tenant-id", "cf-ray"]),
    };
    for (name, stranger, trusted) in [
        ("x-remote-user", true, true),
        ("x-remote-users", false, true),
        ("cf-connecting-ip", true, true),
        ("cf-ray", false, true),
        ("x-http-method-override", false, false),
        ("x-linklatch-client", false, false),
        ("x-forwarded-host-override", false, false),
        ("x-user-id", false, true),
        ("x-user", false, true),
        ("x-tenant-id", false, true),
        ("x-tenant-id2", true, true),
    ] {
        assert_eq!(rules.may_pass(name, false), stranger, "{name}");
        assert_eq!(rules.may_pass(name, true), trusted, "{name}");
    }
    for none in ["", "*", "x y", "x-*-y", "ü", "x-a:"] {
        assert_eq!(NamePattern::new(none), None, "{none}");
    }
    assert!(NamePattern::new("X-Original-URL").unwrap().is_never());
    assert!(!NamePattern::new("x-forwarded-*").unwrap().is_never());
}

proptest! {
    #[test]
    fn only_letters_digits_and_hyphens_pass(name in "[!#$%&'*+.^_`|~a-z0-9-]{1,24}") {
        let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        prop_assert!(plain || !HeaderRules::default().may_pass(&name, true));
    }

    #[test]
    fn a_word_for_an_address_is_one_anywhere(before in "[a-z]{1,8}", after in "[a-z]{1,8}", word in 0..ADDRESSES.len()) {
        prop_assume!(!before.starts_with("accept") || ["if", "sec", "content"].contains(&&*before));
        let name = [&*before, ADDRESSES[word], &*after].join("-");
        prop_assert!(!HeaderRules::default().may_pass(&name, false), "{}", name);
    }
}
