//! What operators see of money and of codes that come back.

use metrics_exporter_prometheus::PrometheusBuilder;

use super::world::{World, login, somebody};

#[tokio::test]
async fn money_and_codes_that_come_back_are_counted() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let seen = recorder.handle();
    // The test and everything that it calls run on one thread.
    let _recorder = metrics::set_default_local_recorder(&recorder);
    let world =
        World::with("otp.limits.price_micros = 80000\notp.limits.price_micros_by_country.ID = 400000").await;
    world.enrol_email(&somebody()).await;
    let spend = r#"gatehouse_otp_spend_micros_total{country="ID"}"#;
    assert!(!seen.render().contains("gatehouse_otp_spend"), "a mail costs nothing: {}", seen.render());

    let person = somebody();
    world.enrol_sms(&person).await;
    let shown = world.issue(&login(&person, "s")).await.expect(201);
    let again = world.issue(&login(&person, "s")).await.expect(201);
    assert_eq!(shown.challenge(), again.challenge(), "nothing is sent again, and nothing paid");
    let code = world.last_code("sms", &person.phone);
    world.verify(&shown.challenge(), "s", &code).await.expect(200);
    world.verify(&shown.challenge(), "s", &code).await.expect_problem(410, "otp/already-used");

    let metrics = seen.render();
    assert!(metrics.contains(&format!("{spend} 800000\n")), "two messages at 0.40: {metrics}");
    for line in [
        "gatehouse_otp_approved_total{channel=\"sms\"} 2\n",
        "gatehouse_otp_approved_total{channel=\"email\"} 1\n",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
}
