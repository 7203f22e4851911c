<#ftl output_format="plainText">
<#assign type=event.getDetail("credential_type")!"">
<#assign name=msg(type + "-display-name")>
${msg("eventUpdateCredentialBody", name?ends_with("-display-name")?then(msg("gatehouse.credential"), name), event.date, event.ipAddress!"")}
