//! Text messages over Amazon SNS.

use std::time::Duration;

use async_trait::async_trait;
use aws_config::{BehaviorVersion, Region, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_sns::{
    Client, config::Credentials, error::SdkError, operation::publish::PublishError,
    types::MessageAttributeValue,
};
use secrecy::ExposeSecret as _;

use super::{NotSent, Receipt, Sms, SmsSender, SnsConfig};

/// Amazon SNS in one region.
#[derive(Debug)]
pub struct Sns {
    client: Client,
    sender_id: Option<String>,
}

impl Sns {
    /// A sender for the account and region of `config`.
    pub async fn new(config: &SnsConfig, timeout: Duration) -> Self {
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(config.region.clone()))
            // One try a call: whether to try again is decided where the life of the code is known.
            .retry_config(RetryConfig::disabled())
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(timeout.min(Duration::from_secs(1)))
                    .operation_timeout(timeout)
                    .build(),
            );
        if let (Some(id), Some(secret)) = (&config.access_key_id, &config.secret_access_key) {
            let secret = secret.expose_secret().to_owned();
            loader = loader.credentials_provider(Credentials::new(id, secret, None, None, "configuration"));
        }
        if let Some(endpoint) = &config.endpoint {
            loader = loader.endpoint_url(endpoint.as_str());
        }
        Self { client: Client::new(&loader.load().await), sender_id: config.sender_id.clone() }
    }
}

#[async_trait]
impl SmsSender for Sns {
    fn name(&self) -> &'static str {
        "sns"
    }

    async fn send(&self, sms: &Sms) -> Result<Receipt, NotSent> {
        let mut publish = self
            .client
            .publish()
            .phone_number(sms.to.expose())
            .message(sms.text.expose())
            // The route with the best delivery, for codes (SNS, "SMS message attributes").
            .message_attributes("AWS.SNS.SMS.SMSType", text("Transactional"));
        if let Some(sender) = &self.sender_id {
            publish = publish.message_attributes("AWS.SNS.SMS.SenderID", text(sender));
        }
        match publish.send().await {
            Ok(answer) => Ok(Receipt::with_id(answer.message_id())),
            Err(error) => Err(classify(&error)),
        }
    }
}

fn text(value: &str) -> MessageAttributeValue {
    let builder = MessageAttributeValue::builder().data_type("String").string_value(value);
    match builder.build() {
        Ok(value) => value,
        Err(_) => unreachable!("the data type, the only required field, is set"),
    }
}

fn classify(error: &SdkError<PublishError>) -> NotSent {
    match error {
        SdkError::ConstructionFailure(_) => NotSent::Unavailable { reason: "credentials" },
        SdkError::DispatchFailure(failure) if failure.is_io() || failure.is_user() => {
            NotSent::Unavailable { reason: "connect" }
        }
        SdkError::DispatchFailure(failure) if !failure.is_timeout() => {
            NotSent::Unavailable { reason: "credentials" }
        }
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => NotSent::Unknown { reason: "timeout" },
        SdkError::ServiceError(answer) => {
            let code = answer.err().meta().code().unwrap_or_default();
            by_code(code, answer.raw().status().as_u16())
        }
        _ => NotSent::Unknown { reason: "garbled_answer" },
    }
}

/// The errors of `Publish` (SNS API reference). The number itself is at fault only for the codes that
/// say so; a key that is wrong or a quota that is used up may be right again soon, and another
/// provider can take the message meanwhile.
fn by_code(code: &str, status: u16) -> NotSent {
    match code {
        "InvalidParameter" | "InvalidParameterValue" | "ParameterValueInvalid" | "OptedOut" => {
            NotSent::Refused { reason: "number" }
        }
        "Throttled" | "Throttling" | "ThrottledException" | "ThrottlingException" => {
            NotSent::Unavailable { reason: "busy" }
        }
        _ if status == 503 || status == 429 => NotSent::Unavailable { reason: "busy" },
        _ if status >= 500 => NotSent::Unknown { reason: "http_5xx" },
        _ => NotSent::Unavailable { reason: "credentials" },
    }
}
