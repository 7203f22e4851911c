//! The providers of each channel, in the order in which they are asked.

use std::{sync::Arc, time::Instant};

use super::{Handed, breaker::Breaker};
use crate::{
    adapters::{
        mail::{Mail, Mailer},
        sending::{NotSent, Receipt},
        sms::{Sms, SmsSender},
    },
    platform::clock::SharedClock,
};

/// Everybody who carries messages.
pub struct Routes {
    mail: Vec<Route<dyn Mailer>>,
    sms: Vec<Route<dyn SmsSender>>,
    clock: SharedClock,
}

struct Route<P: ?Sized> {
    provider: Arc<P>,
    breaker: Breaker,
}

impl Routes {
    /// Routes over these providers.
    pub fn new(mailers: &[Arc<dyn Mailer>], sms: &[Arc<dyn SmsSender>], clock: &SharedClock) -> Self {
        Self { mail: routes(mailers), sms: routes(sms), clock: Arc::clone(clock) }
    }

    pub(super) async fn send_mail(&self, mail: &Mail) -> Handed {
        let mut handed = nobody();
        for route in &self.mail {
            if !self.asks(&route.breaker) {
                continue;
            }
            let started = Instant::now();
            let result = route.provider.send(mail).await;
            handed = self.noted(route.provider.name(), "email", &route.breaker, started, result);
            if !goes_on(&handed) {
                break;
            }
        }
        handed
    }

    pub(super) async fn send_sms(&self, sms: &Sms) -> Handed {
        let mut handed = nobody();
        for route in &self.sms {
            if !self.asks(&route.breaker) {
                continue;
            }
            let started = Instant::now();
            let result = route.provider.send(sms).await;
            handed = self.noted(route.provider.name(), "sms", &route.breaker, started, result);
            if !goes_on(&handed) {
                break;
            }
        }
        handed
    }

    fn asks(&self, breaker: &Breaker) -> bool {
        breaker.allows(self.clock.now())
    }

    /// Counts how it went. A refusal is a working provider's answer.
    fn noted(
        &self,
        provider: &str,
        channel: &'static str,
        breaker: &Breaker,
        started: Instant,
        result: Result<Receipt, NotSent>,
    ) -> Handed {
        let (worked, outcome) = match &result {
            Ok(_) => (true, "taken"),
            Err(NotSent::Refused { .. }) => (true, "refused"),
            Err(NotSent::Unavailable { .. }) => (false, "unavailable"),
            Err(NotSent::Unknown { .. }) => (false, "unknown"),
        };
        breaker.report(worked, self.clock.now());
        metrics::histogram!("gatehouse_otp_provider_seconds", "channel" => channel,
            "provider" => provider.to_owned(), "outcome" => outcome)
        .record(started.elapsed().as_secs_f64());
        Handed { provider: provider.to_owned(), result }
    }
}

fn routes<P: ?Sized>(providers: &[Arc<P>]) -> Vec<Route<P>> {
    providers
        .iter()
        .map(|provider| Route { provider: Arc::clone(provider), breaker: Breaker::default() })
        .collect()
}

/// Nobody to ask: no provider is configured, or all are resting.
fn nobody() -> Handed {
    Handed { provider: String::new(), result: Err(NotSent::Refused { reason: "nobody_to_ask" }) }
}

/// The next provider is asked only when this one certainly did not take the message.
fn goes_on(handed: &Handed) -> bool {
    matches!(handed.result, Err(NotSent::Refused { .. } | NotSent::Unavailable { .. }))
}
