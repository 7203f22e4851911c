//! A person without a browser: keeps cookies, follows redirects, fills in Keycloak's forms.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use reqwest::{
    Client, Response,
    header::{COOKIE, LOCATION, SET_COOKIE},
    redirect::Policy,
};
use url::Url;

/// More redirects than any login needs.
const MOST_REDIRECTS: usize = 15;

/// A page that was reached.
pub struct Page {
    /// Where it is.
    pub url: Url,
    /// Its status.
    pub status: u16,
    /// Its HTML.
    pub html: String,
}

/// Someone who reads pages and posts forms. Keycloak's cookies are `Secure` also over http on
/// loopback, where browsers send them; so does this one. Each belongs to the path of its realm.
pub struct Person {
    http: Client,
    cookies: BTreeMap<(String, String), String>,
}

impl Person {
    /// Someone with an empty cookie jar.
    pub fn new() -> Result<Self> {
        let http =
            Client::builder().redirect(Policy::none()).timeout(std::time::Duration::from_secs(20)).build()?;
        Ok(Self { http, cookies: BTreeMap::new() })
    }

    /// Opens a page.
    pub async fn open(&mut self, url: Url) -> Result<Page> {
        let response = self.send(self.http.get(url)).await?;
        self.follow(response).await
    }

    /// Posts the form of that id to its action.
    pub async fn submit_to(&mut self, page: &Page, form: &str, fields: &[(&str, &str)]) -> Result<Page> {
        let action = page.action_of(form)?;
        let response = self.send(self.http.post(action).form(fields)).await?;
        self.follow(response).await
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Result<Response> {
        let mut request = request.build()?;
        let here = request.url().path().to_owned();
        let jar = self.cookies.iter().filter(|((path, _), _)| here.starts_with(path));
        let jar: Vec<String> = jar.map(|((_, name), value)| format!("{name}={value}")).collect();
        request.headers_mut().insert(COOKIE, jar.join("; ").parse()?);
        let response = self.http.execute(request).await?;
        for cookie in response.headers().get_all(SET_COOKIE) {
            let (pair, attributes) = cookie.to_str()?.split_once(';').unwrap_or_default();
            let path =
                attributes.split(';').find_map(|part| part.trim().strip_prefix("Path=")).unwrap_or("/");
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert((path.to_owned(), name.trim().to_owned()), value.to_owned());
            }
        }
        Ok(response)
    }

    /// Follows redirects on the same host and stops at the first page or foreign address.
    async fn follow(&mut self, mut response: Response) -> Result<Page> {
        for _ in 0..MOST_REDIRECTS {
            let url = response.url().clone();
            let Some(location) = response.headers().get(LOCATION) else {
                let status = response.status().as_u16();
                return Ok(Page { url, status, html: response.text().await? });
            };
            let next = url.join(location.to_str()?)?;
            if next.host_str() != url.host_str() || next.port() != url.port() {
                return Ok(Page { url: next, status: 302, html: String::new() });
            }
            response = self.send(self.http.get(next)).await?;
        }
        bail!("more than {MOST_REDIRECTS} redirects")
    }
}

impl Page {
    /// Whether there is a form of that id.
    pub fn has_form(&self, id: &str) -> bool {
        self.html.contains(&format!("<form id=\"{id}\""))
    }

    /// The action of the form of that id.
    pub fn action_of(&self, id: &str) -> Result<Url> {
        let form = self.html.split(&format!("<form id=\"{id}\"")).nth(1);
        let form = form.with_context(|| self.text(&format!("no form {id} on the page")))?;
        let action = form.split("action=\"").nth(1).and_then(|rest| rest.split('"').next());
        let action = action.with_context(|| self.text("the form has no action"))?;
        Ok(self.url.join(&action.replace("&amp;", "&"))?)
    }

    /// A message that shows where we are and the page's title.
    pub fn text(&self, what: &str) -> String {
        let title = self.html.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
        format!("{what}: {} {} {:?}", self.status, self.url.path(), title.unwrap_or_default().trim())
    }
}
