<#import "template.ftl" as layout>
<#assign type=event.getDetail("credential_type")!"">
<#assign name=msg(type + "-display-name")>
<@layout.emailLayout>
${kcSanitize(msg("eventUpdateCredentialBodyHtml", name?ends_with("-display-name")?then(msg("gatehouse.credential"), name), event.date, event.ipAddress!""))?no_esc}
</@layout.emailLayout>
