use std::{io, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::watch,
    time::{sleep, timeout},
};

use crate::{
    fault::Fault,
    head::Head,
    proxy::{Plan, Shared},
    random,
};

const CHUNK: usize = 16 * 1024;

/// How long a client may take to read an answer of ours and close.
const LINGER: Duration = Duration::from_secs(2);

/// Carries one connection: one request and its answer, or what the fault of the day makes of it.
pub async fn serve(mut client: TcpStream, shared: &Shared) {
    let mut plans = shared.plan.subscribe();
    let (born, fault) = {
        let plan = plans.borrow_and_update();
        (plan.number, plan.fault.clone())
    };
    match fault {
        Fault::Cut | Fault::Refuse => return,
        Fault::Reset => return reset(client),
        _ => {}
    }
    let ended = plans.wait_for(|plan| plan.number > born && plan.fault.ends_connections());
    let fault = tokio::select! {
        biased;
        plan = ended => plan.map_or(Fault::Cut, |plan| plan.fault.clone()),
        // An error of either side ends the connection, and the client sees that by itself.
        _ = exchange(&mut client, shared) => Fault::None,
    };
    if fault == Fault::Reset {
        reset(client);
    }
}

async fn exchange(client: &mut TcpStream, shared: &Shared) -> io::Result<()> {
    let Some(mut head) = Head::read(client).await? else { return Ok(()) };
    shared.count_request(head.path());
    shared.count_bytes(head.bytes.len());
    if !unstalled_or_gone(client, &mut head.bytes, &mut shared.plan.subscribe()).await? {
        return Ok(());
    }
    match shared.strike(&head.target) {
        Fault::Garbage => answer(client, &random::bytes(4096), shared).await,
        Fault::Respond { status, headers, body, .. } => {
            let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
            let length = body.len();
            let text = format!(
                "HTTP/1.1 {status} Fault\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
            answer(client, text.as_bytes(), shared).await
        }
        fault => {
            if let Some((status, body)) = shared.own_answer(&head.target) {
                let length = body.len();
                let text =
                    format!("HTTP/1.1 {status} Own\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
                return answer(client, text.as_bytes(), shared).await;
            }
            let mut server = TcpStream::connect(shared.target).await?;
            server.write_all(&head.forwarded()).await?;
            carry(client, server, shared, matches!(fault, Fault::LoseAnswer { .. })).await
        }
    }
}

/// Passes on what either side sends, until either side ends.
async fn carry(client: &mut TcpStream, mut server: TcpStream, shared: &Shared, lose_answer: bool) -> io::Result<()> {
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let up = async {
        let mut plans = shared.plan.subscribe();
        let mut chunk = Vec::with_capacity(CHUNK);
        while from_client.read_buf(&mut chunk).await? > 0
            && unstalled_or_gone(&mut from_client, &mut chunk, &mut plans).await?
        {
            shared.count_bytes(chunk.len());
            to_server.write_all(&chunk).await?;
            chunk.clear();
        }
        Ok(())
    };
    let down = async {
        let mut plans = shared.plan.subscribe();
        let mut chunk = vec![0; CHUNK];
        let mut passed = 0;
        loop {
            let length = from_server.read(&mut chunk).await?;
            if length == 0 || lose_answer {
                return to_client.shutdown().await;
            }
            unstalled(&mut plans).await;
            let fault = plans.borrow().fault.clone();
            if let (Fault::Delay { millis }, 0) = (&fault, passed) {
                sleep(Duration::from_millis(*millis)).await;
            }
            let allowed = match fault {
                Fault::Truncate { bytes } => length.min(bytes.saturating_sub(passed)),
                _ => length,
            };
            to_client.write_all(&chunk[..allowed]).await?;
            shared.count_bytes(allowed);
            passed += allowed;
            if allowed < length {
                return to_client.shutdown().await;
            }
        }
    };
    tokio::select! { result = up => result, result = down => result }
}

/// Gives an answer of our own, and lets the client read it: closing with a part of the request unread would reset the connection.
async fn answer(client: &mut TcpStream, bytes: &[u8], shared: &Shared) -> io::Result<()> {
    shared.count_bytes(bytes.len());
    client.write_all(bytes).await?;
    client.shutdown().await?;
    let mut rest = vec![0; CHUNK];
    let drained = timeout(LINGER, async {
        while client.read(&mut rest).await? > 0 {}
        io::Result::Ok(())
    });
    drained.await.unwrap_or(Ok(()))
}

/// Waits while nothing may move, and reads on meanwhile, only to see whether the client goes away. False when it has.
async fn unstalled_or_gone(
    client: &mut (impl AsyncRead + Unpin),
    read: &mut Vec<u8>,
    plans: &mut watch::Receiver<Plan>,
) -> io::Result<bool> {
    loop {
        tokio::select! {
            biased;
            () = unstalled(plans) => return Ok(true),
            length = client.read_buf(read) => if length? == 0 { return Ok(false) },
        }
    }
}

async fn unstalled(plans: &mut watch::Receiver<Plan>) {
    // Fails only when the proxy has ended, and then nothing waits.
    let _ = plans.wait_for(|plan| plan.fault != Fault::Stall).await;
}

fn reset(client: TcpStream) {
    // Should the system not reset, it closes.
    let _ = client.set_zero_linger();
}
