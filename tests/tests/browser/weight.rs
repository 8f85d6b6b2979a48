//! What a page weighs: everything that a browser with nothing kept fetches for it.

use super::office::Scene;
use serde_json::json;

/// Most bytes of a page with all that it loads.
const BYTES_MAX: u64 = 150_000;
/// Most requests of a page, the stream of its live updates included.
const REQUESTS_MAX: u64 = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_is_heavy() {
    let scene = Scene::set().await;
    let browser = scene.here.browser().await;
    browser.devtools("Network.enable", json!({})).await;
    browser.devtools("Network.setCacheDisabled", json!({"cacheDisabled": true})).await;
    let mut heaviest = (0, String::new());
    for path in scene.paths(&browser).await {
        browser.open("about:blank").await;
        browser.traffic().await;
        browser.open(&scene.here.url(&path)).await;
        browser.until("style and script are there", "performance.getEntriesByType('resource').length >= 2").await;
        let (requests, bytes) = browser.traffic().await;
        assert!(bytes > 20_000 && requests >= 3, "the page is weighed with what it loads: {path}: {requests}, {bytes}");
        assert!(bytes <= BYTES_MAX, "{path} weighs {bytes} bytes");
        assert!(requests <= REQUESTS_MAX, "{path} needs {requests} requests");
        println!("{path}\t{bytes} bytes\t{requests} requests");
        heaviest = heaviest.max((bytes, path));
    }
    println!("the heaviest is {} with {} bytes", heaviest.1, heaviest.0);
}
