<#-- Errors of a page: a summary on top that takes the focus and links to each field (the field itself shows the words again). -->

<#-- Fields that Keycloak's and our pages report errors for, with the id of the input where it differs from the field's name. -->
<#assign inputOf={
    "password": (pageId == "login-update-password")?then("password-new", "password"),
    "totp": (pageId == "login-otp")?then("otp", "totp")
}>
<#assign known=["username", "email", "firstName", "lastName", "password", "password-confirm", "termsAccepted",
    "totp", "userLabel", "recoveryCodeInput", "option", "destination", "code"]>

<#-- The fields in error, as a list of {"input": id, "text": words}: fields of the profile in their order and by their name,
     then the others; one sentence is told once. -->
<#function fields>
    <#-- Keycloak's handler of unexpected errors renders its page without this bean. -->
    <#if !messagesPerField??><#return []></#if>
    <#local found=[]><#local told=[]><#local seen=[]>
    <#list (profile.attributes)![] as attribute>
        <#local seen+=[attribute.name]>
        <#if messagesPerField.existsError(attribute.name)>
            <#local text=messagesPerField.get(attribute.name)>
            <#local told+=[text]>
            <#local found+=[{"input": attribute.name, "text": advancedMsg(attribute.displayName!attribute.name) + ": " + text}]>
        </#if>
    </#list>
    <#list known as name>
        <#if !seen?seq_contains(name) && messagesPerField.existsError(name)>
            <#local text=messagesPerField.get(name)>
            <#if !told?seq_contains(text)>
                <#local told+=[text]>
                <#local found+=[{"input": inputOf[name]!name, "text": text}]>
            </#if>
        </#if>
    </#list>
    <#return found>
</#function>

<#macro summary problems>
<div class="gh-summary" role="alert" tabindex="-1" autofocus aria-labelledby="gh-summary-title">
    <h2 id="gh-summary-title">${msg("gatehouse.error-summary")}</h2>
    <ul>
        <#list problems as problem>
            <li><a href="#${problem.input}">${problem.text}</a></li>
        </#list>
    </ul>
</div>
</#macro>

<#-- A message that belongs to no field. -->
<#macro notice message>
<div class="${properties.kcAlertClass!} gh-alert-${message.type}"<#if message.type = 'error'> role="alert" tabindex="-1" autofocus<#else> role="status"</#if>>
    <span class="${properties.kcAlertIconClass!}">
        <span class="${properties["kcFeedback" + message.type?cap_first + "Icon"]!}" aria-hidden="true"></span>
    </span>
    <span class="${properties.kcAlertTitleClass!} kc-feedback-text">${message.summary}</span>
</div>
</#macro>
