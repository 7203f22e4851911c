<#-- Fields: label above, help under it, error at the field and tied to it for screen readers. Macros as in keycloak.v2. -->

<#macro group name label error="" required=false optional=false help="">
<div class="${properties.kcFormGroupClass}" data-field="${name}">
    <div class="${properties.kcFormGroupLabelClass}">
        <label for="${name}" class="${properties.kcFormLabelClass}">
            <span class="${properties.kcFormLabelTextClass}">${label}</span><#if optional> <span class="gh-optional">${msg("gatehouse.optional")}</span></#if>
        </label>
    </div>
    <#nested>
    <#if help?has_content><p class="gh-help" id="${name}-help">${help}</p></#if>
    <div id="input-error-container-${name}">
        <#if error?has_content>
            <p class="${properties.kcInputErrorMessageClass}" id="input-error-${name}"><span class="${properties.kcInputErrorIconClass}" aria-hidden="true"></span> ${error}</p>
        </#if>
    </div>
</div>
</#macro>

<#-- aria attributes of an input: invalid, required, and what describes it -->
<#macro aria name error="" help="" required=false><#if error?has_content> aria-invalid="true"</#if><#if required> aria-required="true"</#if><#if error?has_content || help?has_content> aria-describedby="<#if help?has_content>${name}-help</#if><#if error?has_content> input-error-${name}</#if>"</#if></#macro>

<#macro errorIcon error=""></#macro>

<#macro input name label value="" required=false autocomplete="off" fieldName=name error=messagesPerField.get(fieldName) autofocus=false help="" type="text">
<@group name=name label=label error=error required=required help=help>
    <span class="${properties.kcInputClass}<#if error?has_content> ${properties.kcError}</#if>">
        <input id="${name}" name="${name}" value="${value}" type="${type}" autocomplete="${autocomplete}"<#if autofocus> autofocus</#if><#if autocomplete == "one-time-code"> inputmode="numeric"</#if><#if autocomplete?starts_with("username")> inputmode="email" autocapitalize="off" spellcheck="false"</#if><@aria name=name error=error help=help required=required/>>
    </span>
</@group>
</#macro>

<#macro password name label value="" required=false forgotPassword=false fieldName=name error=messagesPerField.get(fieldName) autocomplete="off" autofocus=false help="">
<@group name=name label=label error=error required=required help=help>
    <div class="${properties.kcInputGroup}">
        <span class="${properties.kcInputClass}<#if error?has_content> ${properties.kcError}</#if>">
            <input id="${name}" name="${name}" value="${value}" type="password" autocomplete="${autocomplete}" autocapitalize="off" spellcheck="false"<#if autofocus> autofocus</#if><@aria name=name error=error help=help required=required/>>
        </span>
        <button class="${properties.kcFormPasswordVisibilityButtonClass}" type="button" aria-label="${msg('showPassword')}" aria-controls="${name}" data-password-toggle
                data-icon-show="${properties.kcFormPasswordVisibilityIconShow}" data-icon-hide="${properties.kcFormPasswordVisibilityIconHide}"
                data-label-show="${msg('showPassword')}" data-label-hide="${msg('hidePassword')}" id="${name}-show-password"><i class="${properties.kcFormPasswordVisibilityIconShow}" aria-hidden="true"></i></button>
    </div>
    <#local extras><#nested></#local>
    <#if forgotPassword || extras?markup_string?trim != "">
        <div class="${properties.kcInputHelperTextClass}">
            ${extras}
            <#if forgotPassword><a href="${url.loginResetCredentialsUrl}">${msg("doForgotPassword")}</a></#if>
        </div>
    </#if>
</@group>
</#macro>

<#macro clipboard name label ariaLabel=label value="" readonly=true>
<@group name=name label=label>
    <span class="${properties.kcInputClass}<#if readonly> ${properties.kcFormReadOnlyClass}</#if>">
        <input id="${name}" name="${name}" value="${value}" type="text"<#if readonly> readonly</#if> aria-label="${ariaLabel}">
    </span>
</@group>
</#macro>

<#macro checkbox name label value=false required=false>
<div class="${properties.kcCheckboxClass}">
    <input class="${properties.kcCheckboxInputClass}" type="checkbox" id="${name}" name="${name}"<#if value> checked</#if>>
    <label for="${name}" class="${properties.kcCheckboxLabelClass}">${label}</label>
</div>
</#macro>
