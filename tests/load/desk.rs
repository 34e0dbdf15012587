//! A clerk who signs in.

use std::net::SocketAddr;

use crate::http::Connection;
use crate::place::Place;
use crate::server::program;

const PASSWORD: &str = "早春二月 lotus pond";

/// An account, and the code by which its password is set, if it is new.
pub struct Desk {
    login: &'static str,
    code: Option<String>,
}

impl Desk {
    /// Opens the account, if there is none.
    pub fn at(place: &Place, login: &'static str) -> Self {
        let arguments = ["user", "add", login, "--role", "clerk"];
        let opened = program(place.home(), place.url(), &arguments)
            .output()
            .unwrap();
        let said = String::from_utf8(opened.stdout).unwrap();
        let code = said
            .lines()
            .find_map(|line| line.strip_prefix("填写设置码"));
        Self { login, code: code.map(|code| code.trim().to_owned()) }
    }

    /// Sets the password of a new account.
    pub async fn set_password(&self, address: SocketAddr) {
        let Some(code) = &self.code else { return };
        let mut connection = Connection::open(address).await.unwrap();
        let token = connection
            .get("/staff/setup", "")
            .await
            .unwrap()
            .token()
            .unwrap();
        let fields = [
            ("token", token.as_str()),
            ("code", code),
            ("password", PASSWORD),
            ("again", PASSWORD),
        ];
        let answer = connection.post("/staff/setup", &fields).await.unwrap();
        assert_eq!(answer.status, 303, "{}", answer.text());
    }

    /// Signs in: the header that says so.
    pub async fn sign_in(&self, connection: &mut Connection) -> String {
        let token = connection
            .get("/staff/login", "")
            .await
            .unwrap()
            .token()
            .unwrap();
        let fields = [
            ("token", token.as_str()),
            ("login", self.login),
            ("password", PASSWORD),
        ];
        let answer = connection.post("/staff/login", &fields).await.unwrap();
        format!("cookie: {}\r\n", answer.cookie.unwrap())
    }
}
