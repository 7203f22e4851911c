//! The whole way over the real Keystone, cut at each of its calls: nothing is lost and nothing doubled.

use std::sync::Arc;

use chrono::TimeDelta;
use gatehouse::{
    adapters::keystone::{Filter, Keystone as _},
    intake::{Act, By, Kind, PROVISION, ProvisionJob, RequestId, State, store},
    passwords::{PREPARE, PrepareJob},
    platform::jobs::{Failed, Handler, Job},
};
use serde_json::json;

use super::{row, table};
use crate::support::{CloudHouse, Cut, Interrupted, TestKeystone};

const NEW: &str = "sandi baru saya";

struct Way {
    keystone: TestKeystone,
    interrupted: Arc<Interrupted>,
    house: CloudHouse,
    cuts: [Cut; 2],
}

impl Way {
    async fn open(cuts: [Cut; 2]) -> Self {
        let keystone = TestKeystone::open().await;
        keystone.register_limits(&["cut_everywhere_cores"]).await;
        let client = keystone.client.clone();
        let interrupted = Arc::new(Interrupted::new(client));
        let settings = format!(
            "openstack.domain = \"{}\"\nopenstack.limits.\"compute.cores\" = \"cut_everywhere_cores\"\n\
             intake.columns.\"compute.cores\" = \"Cores\"\n",
            keystone.domain_name
        );
        let house = CloudHouse::over(interrupted.clone(), &settings).await;
        Self { keystone, interrupted, house, cuts }
    }

    /// How the next call is cut: by turns.
    fn cut(&self) -> Cut {
        self.cuts[self.interrupted.cuts() % 2]
    }

    /// A request that is approved; nothing is brought about yet.
    async fn approved(&self) -> RequestId {
        let mut cells = table(&[row("siti@contoh.example", "Kerja")]);
        cells[0].push("Cores".to_owned());
        cells[1].push("20".to_owned());
        let intake = &self.house.cloud.intake;
        let imported = intake.import(Kind::Access, "requests.csv", &cells, false).await.unwrap();
        let id = imported.rows[0].request_id.unwrap();
        self.house.work_off().await;
        intake.act(id, &Act::Approve, &By::operator("dewi")).await.unwrap();
        id
    }

    /// Runs a job, cut at each call that was not cut yet, until a run is not cut. Between runs everything is made
    /// anew.
    async fn run(&mut self, handler: fn(&CloudHouse) -> Box<dyn Handler>, kind: &str, key: &str) {
        for _ in 0..60 {
            let (before, handler) = (self.interrupted.cuts(), handler(&self.house));
            let job = Job { kind: kind.to_owned(), key: key.to_owned(), attempts: 0 };
            let ended = self.interrupted.cut_once(self.cut(), handler.run(&job)).await;
            self.house.restart();
            if self.interrupted.cuts() == before {
                ended.expect("it was not killed").expect("it was not cut");
                return;
            }
            assert!(matches!(ended, None | Some(Err(Failed::Retry(_)))), "{:?}: {ended:?}", self.cuts);
        }
        panic!("{:?}: a run has fewer calls than sixty", self.cuts);
    }

    async fn state(&self, id: RequestId) -> State {
        let mut conn = self.house.pool.acquire().await.unwrap();
        store::find(&mut conn, id).await.unwrap().unwrap().state()
    }

    /// The ids of the only project and the only user in Keystone, which have each other and the quota, once.
    async fn made(&self) -> (String, String) {
        let here = Filter { domain_id: Some(self.keystone.domain_id.clone()), ..Filter::default() };
        let (client, cuts) = (&self.keystone.client, self.cuts);
        let (projects, users) = (client.projects(&here).await.unwrap(), client.users(&here).await.unwrap());
        let ([project], [user]) = (projects.as_slice(), users.as_slice()) else {
            panic!("{cuts:?}: {projects:?} {users:?}");
        };
        let of_project = Filter { project_id: Some(project.id.clone()), ..Filter::default() };
        assert_eq!(client.assignments(&of_project).await.unwrap().len(), 1, "{cuts:?}");
        let limits = client.limits(&of_project).await.unwrap();
        assert_eq!(limits.iter().map(|limit| limit.resource_limit).collect::<Vec<_>>(), [20], "{cuts:?}");
        (project.id.clone(), user.id.clone())
    }

    /// The token of the one link that was sent, beside one mail of each other kind.
    async fn link(&self) -> String {
        self.house.work_off().await;
        let mails = self.house.mails_to("siti@contoh.example");
        let mut subjects: Vec<_> = mails.iter().map(|mail| mail.subject.as_str()).collect();
        subjects.sort_unstable();
        let expected = [
            "Set the password of your cloud account",
            "The quotas of your project have changed",
            "Welcome to the cloud",
            "Your new project is ready",
        ];
        assert_eq!(subjects, expected, "{:?}", self.cuts);
        let token = |text: &str| Some(text.split_once("token=")?.1[..36].to_owned());
        mails.iter().find_map(|mail| token(mail.text.expose())).expect("a link")
    }

    /// Sets the password, cut at each call, as somebody does who tries again after a while.
    async fn set_password(&mut self, path: &str) {
        let fields = [("pin", "1234"), ("password", NEW), ("confirm_password", NEW)];
        for _ in 0..10 {
            let before = self.interrupted.cuts();
            let ended = self.interrupted.cut_once(self.cut(), self.house.post(path, &fields)).await;
            self.house.restart();
            self.house.advance(TimeDelta::minutes(1));
            if self.interrupted.cuts() == before {
                let (status, body) = ended.expect("it was not killed");
                assert!(status == 200 && body.contains("Password set."), "{:?}: {status}: {body}", self.cuts);
                return;
            }
        }
        panic!("{:?}: setting a password has fewer calls than ten", self.cuts);
    }
}

async fn cut_at_every_call(cuts: [Cut; 2]) {
    let mut way = Way::open(cuts).await;
    let id = way.approved().await;
    way.run(|house| Box::new(ProvisionJob(house.cloud.intake.clone())), PROVISION, &id.to_string()).await;
    assert_eq!(way.state(id).await, State::Done, "{cuts:?}");
    let provisioned = way.interrupted.cuts();
    assert!(provisioned > 12, "{cuts:?}: only {provisioned} calls were cut");
    let (project, user) = way.made().await;

    way.run(|house| Box::new(PrepareJob(house.cloud.passwords.clone())), PREPARE, &user).await;
    let token = way.link().await;
    way.set_password(&format!("/first-password/?token={token}")).await;
    assert!(way.interrupted.cuts() > provisioned + 1, "{cuts:?}: both ways to the password were cut, too");
    let (who, scope) = (json!({"id": user, "password": NEW}), json!({"project": {"id": project}}));
    assert!(way.keystone.token(&who, &scope).await.is_some(), "{cuts:?}: the password is good in Keystone");

    way.house.work_off().await;
    assert_eq!(way.made().await, (project, user), "{cuts:?}");
    way.link().await;
    let plan = way.house.cloud.openstack.plan(None).await.unwrap();
    assert!(plan.repairs.is_empty() && plan.findings.is_empty(), "{cuts:?}: {plan:?}");
}

#[tokio::test]
async fn killed_before_a_call_of_the_real_keystone_or_its_answer_lost_nothing_is_lost_and_nothing_doubled() {
    cut_at_every_call([Cut::KilledBefore, Cut::FailsAfter]).await;
}

#[tokio::test]
async fn killed_after_a_call_of_the_real_keystone_or_it_never_arrived_nothing_is_lost_and_nothing_doubled() {
    cut_at_every_call([Cut::KilledAfter, Cut::FailsBefore]).await;
}
