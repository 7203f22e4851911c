//! Random walks over the service beside a small reference model: after every step both must say the
//! same.

use gatehouse::platform::entropy::{Entropy as _, SeededEntropy};

use super::world::{World, login, somebody, wrong};

const SESSIONS: [&str; 2] = ["s0", "s1"];
/// One step of time. Its multiples stay clear of every boundary, so that the seconds a walk really
/// takes do not matter.
const STEP: i64 = 41;
const LIFE: i64 = 300;

/// A challenge as the reference sees it.
#[derive(Debug, Clone, Default)]
struct Reference {
    tries: u32,
    age: i64,
    sent: u32,
    since_sent: i64,
    over: Option<&'static str>,
}

/// The person as the reference sees them.
#[derive(Debug, Default)]
struct Model {
    challenges: [Option<Reference>; 2],
    failures: u32,
    wait: i64,
}

impl Model {
    fn locked(&self) -> bool {
        self.failures >= 10
    }

    fn pass_time(&mut self) {
        self.wait -= STEP;
        for challenge in self.challenges.iter_mut().flatten() {
            challenge.age += STEP;
            challenge.since_sent += STEP;
        }
    }

    /// Gives the expected status, and whether the challenge is a new one.
    fn issue(&mut self, session: usize) -> (u16, bool) {
        if self.locked() {
            return (423, false);
        }
        let live = self.challenges[session].as_ref().is_some_and(|it| it.over.is_none() && it.age < LIFE);
        if !live {
            self.challenges[session] = Some(Reference { sent: 1, ..Reference::default() });
        }
        (201, !live)
    }

    fn enter(&mut self, session: usize, right: bool) -> &'static str {
        let (locked, wait) = (self.locked(), self.wait);
        let Some(challenge) = &mut self.challenges[session] else { return "otp/not-found" };
        if let Some(over) = challenge.over {
            return over;
        }
        if challenge.age >= LIFE {
            return "otp/code-expired";
        }
        if locked {
            return "otp/locked";
        }
        if wait > 0 {
            return "otp/rate-limited";
        }
        challenge.tries += 1;
        if right {
            (challenge.over, self.failures) = (Some("otp/already-used"), 0);
            return "";
        }
        self.failures += 1;
        self.wait = if self.failures >= 5 { 30 << (self.failures - 5) } else { 0 };
        if challenge.tries == 5 {
            challenge.over = Some("otp/code-expired");
        }
        "otp/code-wrong"
    }

    fn resend(&mut self, session: usize) -> &'static str {
        let locked = self.locked();
        let Some(challenge) = &mut self.challenges[session] else { return "otp/not-found" };
        if let Some(over) = challenge.over {
            return over;
        }
        if challenge.age >= LIFE {
            return "otp/code-expired";
        }
        if locked {
            return "otp/locked";
        }
        if challenge.since_sent < [30, 60, 120][challenge.sent.min(3) as usize - 1] {
            return "otp/rate-limited";
        }
        challenge.sent += 1;
        challenge.since_sent = 0;
        ""
    }
}

async fn walk(seed: u64) {
    let world = World::new().await;
    let person = somebody();
    world.enrol_sms(&person).await;
    let mut model = Model::default();
    let mut real: [Option<(String, String)>; 2] = [None, None];
    let chance = SeededEntropy::new(seed);
    let mut story = Vec::new();
    for _ in 0..50 {
        world.forget_limits().await;
        let mut draw = [0_u8; 2];
        chance.fill(&mut draw);
        let session = usize::from(draw[0] % 2);
        let name = SESSIONS[session];
        let absent = (uuid::Uuid::nil().to_string(), "123456".to_owned());
        let (challenge, code) = real[session].clone().unwrap_or(absent);
        match draw[1] % 10 {
            0..=1 => {
                story.push(format!("issue {name}"));
                let (status, new) = model.issue(session);
                let reply = world.issue(&login(&person, name)).await;
                assert_eq!(reply.status, status, "seed {seed}: {story:?} {model:?}");
                if status == 201 {
                    assert_eq!(reply.challenge() != challenge, new, "seed {seed}: {story:?} {model:?}");
                    if new {
                        let code = world.last_code("sms", &person.phone);
                        real[session] = Some((reply.challenge(), code));
                    }
                }
            }
            2..=5 => {
                story.push(format!("wrong {name}"));
                let reply = world.verify(&challenge, name, &wrong(&code)).await;
                assert_eq!(reply.code(), model.enter(session, false), "seed {seed}: {story:?} {model:?}");
            }
            6 => {
                story.push(format!("right {name}"));
                let reply = world.verify(&challenge, name, &code).await;
                assert_eq!(reply.code(), model.enter(session, true), "seed {seed}: {story:?} {model:?}");
            }
            7..=8 => {
                story.push(format!("resend {name}"));
                let reply = world.resend(&challenge, name, None).await;
                assert_eq!(reply.code(), model.resend(session), "seed {seed}: {story:?} {model:?}");
            }
            _ => {
                story.push("time passes".to_owned());
                model.pass_time();
                world.age(STEP).await;
            }
        }
    }
}

#[tokio::test]
async fn any_order_of_calls_ends_as_the_reference_says() {
    for seed in 0..5 {
        walk(seed).await;
    }
}
