//! Which servers are spoken to. Each case is a server, and a manifest that names its directory.

use bulla_model::{DeviceCertificate, Failure, TrustTrouble};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::TcpListener};

use crate::{
    authority::{Authority, Certified},
    device::Device,
    server::{Server, http, redirect},
    signed::{Key, now, payload},
};

const YES: &str = r#"{"hs":"agent.example"}"#;

/// What comes of asking the directory at `host`.
async fn ask(host: String, tls: Value, device: Option<DeviceCertificate>) -> Result<String, Failure> {
    let key = Key::new();
    let mut manifest = payload(1, &[host]);
    manifest["tls"] = tls;
    let device = Device::showing(&key, &manifest, device);
    device.accounts.discover("jean@agent.example").await.map(|found| found.instance.server)
}

async fn answering(certified: &Certified) -> Server {
    Server::tls(certified.server(), |_| http(200, YES)).await
}

fn pins(keys: &[(&str, u64)]) -> Value {
    let keys: Vec<Value> = keys.iter().map(|(sha256, until)| json!({ "sha256": sha256, "until": until })).collect();
    json!([{ "host": "localhost", "keys": keys }])
}

fn yes() -> Result<String, Failure> {
    Ok("agent.example".to_owned())
}

fn no(why: TrustTrouble) -> Result<String, Failure> {
    Err(Failure::Untrusted { why })
}

#[tokio::test]
async fn good_servers_are_spoken_to() {
    let authority = Authority::new();
    let (used, spare, device) =
        (authority.certify("localhost"), authority.certify("localhost"), authority.certify("device"));
    let later = now() + 3600;
    let roots = json!({ "roots": [authority.root()] });
    let pinned = json!({ "roots": [authority.root()], "pins": pins(&[(&used.pin(), later), (&spare.pin(), later)]) });

    let server = answering(&used).await;
    assert_eq!(ask(server.https(), roots.clone(), None).await, yes(), "a root of the manifest");
    assert_eq!(ask(server.https(), pinned.clone(), None).await, yes(), "a pinned key");
    let server = answering(&spare).await;
    assert_eq!(ask(server.https(), pinned, None).await, yes(), "the key in reserve");
    let server = Server::tls(used.server_for(&authority), |_| http(200, YES)).await;
    assert_eq!(ask(server.https(), roots, Some(device.device())).await, yes(), "a certificate of this device");
}

#[tokio::test]
async fn bad_certificates_are_refused() {
    let (authority, other) = (Authority::new(), Authority::new());
    let roots = json!({ "roots": [authority.root()] });
    let good = authority.certify("localhost");
    for (case, certified, tls) in [
        ("expired", authority.certify_between("localhost", 2020, 2021), roots.clone()),
        ("not yet good", authority.certify_between("localhost", 2080, 2090), roots.clone()),
        ("another name", authority.certify("matrix.example"), roots.clone()),
        ("another root", other.certify("localhost"), roots.clone()),
        ("signed by itself", Certified::self_signed("localhost"), roots.clone()),
        ("a root that only this manifest could name", authority.certify("localhost"), json!({})),
    ] {
        let server = answering(&certified).await;
        assert_eq!(ask(server.https(), tls, None).await, no(TrustTrouble::Certificate), "{case}");
        assert_eq!(server.asked(), Vec::<String>::new(), "{case}");
    }
    let (later, before) = (now() + 3600, now() - 1);
    let others = [other.certify("localhost").pin(), other.certify("localhost").pin()];
    for (case, keys) in [
        ("keys of others", pins(&[(&others[0], later), (&others[1], later)])),
        ("its time is over", pins(&[(&good.pin(), before), (&others[1], later)])),
        ("all are over", pins(&[(&good.pin(), before), (&others[1], before)])),
        // It is sent along; but who sends it does not hold its key.
        ("the authority's key", pins(&[(&authority.pin(), later), (&others[1], later)])),
    ] {
        let server = answering(&good).await;
        let tls = json!({ "roots": [authority.root()], "pins": keys });
        assert_eq!(ask(server.https(), tls, None).await, no(TrustTrouble::Pin), "{case}");
        assert_eq!(server.asked(), Vec::<String>::new(), "{case}");
    }
}

#[tokio::test]
async fn a_server_that_asks_for_a_device_gets_the_right_one_or_nothing() {
    let (authority, other) = (Authority::new(), Authority::new());
    let roots = json!({ "roots": [authority.root()] });
    for (case, device) in [("none", None), ("another's", Some(other.certify("device").device()))] {
        let server = Server::tls(authority.certify("localhost").server_for(&authority), |_| http(200, YES)).await;
        let got = ask(server.https(), roots.clone(), device).await;
        assert_eq!(got, no(TrustTrouble::DeviceCertificate), "{case}");
        assert_eq!(server.asked(), Vec::<String>::new(), "{case}");
    }
}

#[tokio::test]
async fn an_old_tls_is_refused() {
    // What a server that knows no more than TLS 1.1 says to a hello of 1.2: alert 70, protocol_version (RFC 5246, section 7.2).
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let server = tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(&[21, 3, 2, 0, 2, 2, 70]).await;
            open.push(stream);
        }
    });
    let roots = json!({ "roots": [Authority::new().root()] });
    assert_eq!(ask(host, roots, None).await, no(TrustTrouble::TlsVersion));
    server.abort();
}

#[tokio::test]
async fn redirects_stay_with_the_server() {
    let authority = Authority::new();
    let roots = json!({ "roots": [authority.root()] });
    let (plain, elsewhere) =
        (Server::plain(|_| http(200, YES)).await, answering(&authority.certify("localhost")).await);
    for to in [plain.http(), elsewhere.https()] {
        let server = Server::tls(authority.certify("localhost").server(), move |_| redirect(&format!("{to}/x"))).await;
        let got = ask(server.https(), roots.clone(), None).await;
        assert_eq!(got, Err(Failure::Rejected { code: "NOT_MATRIX".to_owned() }));
    }
    assert_eq!((plain.asked(), elsewhere.asked()), (Vec::new(), Vec::new()));

    let answer = |line: &str| if line.starts_with("GET /there ") { http(200, YES) } else { redirect("/there") };
    let server = Server::tls(authority.certify("localhost").server(), answer).await;
    assert_eq!(ask(server.https(), roots.clone(), None).await, yes(), "within the server");
    let server = Server::tls(authority.certify("localhost").server(), |_| redirect("/again")).await;
    assert!(ask(server.https(), roots, None).await.is_err(), "round and round");
    assert!(server.asked().len() < 10);
}
