<#-- The frame of every mail: no images, readable without styles, light and dark. The colours repeat common/resources/css/tokens.css. -->
<#macro emailLayout>
<!DOCTYPE html>
<html lang="${locale.toLanguageTag()}" dir="${(ltr)?then('ltr','rtl')}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${realmName!"Gatehouse"}</title>
<style>
body { margin: 0; padding: 0; background: #f4f6f5; }
.page { background: #f4f6f5; }
.card { background: #ffffff; border-radius: 16px; }
.text, .brand { color: #17211f; font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", sans-serif; }
.brand { font-size: 18px; font-weight: 600; }
.arch { width: 10px; height: 16px; border: 5px solid #0b6356; border-bottom: 0; border-radius: 10px 10px 0 0; }
.text { font-size: 16px; line-height: 1.5; }
.text p { margin: 0 0 16px; }
.text a { color: #0b6356; }
.text .button a { display: inline-block; padding: 12px 24px; border-radius: 8px; background: #0b6356; color: #ffffff; font-weight: 600; text-decoration: none; }
.text .small { color: #505e5a; font-size: 14px; overflow-wrap: anywhere; word-break: break-word; }
.text .code { font-family: ui-monospace, Consolas, monospace; font-size: 32px; letter-spacing: 8px; }
@media (prefers-color-scheme: dark) {
  body, .page { background: #0f1413 !important; }
  .card { background: #171e1c !important; }
  .text, .brand { color: #e9efed !important; }
  .arch { border-color: #71d3c0 !important; }
  .text a { color: #71d3c0 !important; }
  .text .button a { background: #71d3c0 !important; color: #04211c !important; }
  .text .small { color: #a9b7b2 !important; }
}
</style>
</head>
<body class="page">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="page"><tr><td align="center" style="padding: 24px 12px;">
  <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width: 560px;">
    <tr><td style="padding: 0 8px 16px;">
      <table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr>
        <td style="padding-right: 10px;"><div class="arch"></div></td><td class="brand">${realmName!"Gatehouse"}</td>
      </tr></table>
    </td></tr>
    <tr><td class="card" style="padding: 32px 28px 16px;"><div class="text"><#nested></div></td></tr>
  </table>
</td></tr></table>
</body>
</html>
</#macro>
