//! Name and language.

super::words! {
    /// What the page says.
    pub struct Profile {
        title: "Name and language", "Nama dan bahasa", "姓名和语言", "Nama dan bahasa";
        first_name: "First name", "Nama depan", "名", "Nama pertama";
        last_name: "Last name", "Nama belakang", "姓", "Nama keluarga";
        first_name_expected: "Enter your first name: 1 to 100 characters, without signs such as < > & or %",
            "Isi nama depan Anda: 1 sampai 100 karakter, tanpa tanda seperti < > & atau %",
            "请输入您的名：1 到 100 个字符，不含 < > & % 等符号",
            "Masukkan nama pertama anda: 1 hingga 100 aksara, tanpa tanda seperti < > & atau %";
        last_name_expected: "Enter your last name: 1 to 100 characters, without signs such as < > & or %",
            "Isi nama belakang Anda: 1 sampai 100 karakter, tanpa tanda seperti < > & atau %",
            "请输入您的姓：1 到 100 个字符，不含 < > & % 等符号",
            "Masukkan nama keluarga anda: 1 hingga 100 aksara, tanpa tanda seperti < > & atau %";
        language: "Language", "Bahasa", "语言", "Bahasa";
        language_help: "Of these pages, of mails and of text messages.",
            "Untuk halaman ini, e-mail, dan SMS.", "用于这些页面、邮件和短信。", "Untuk halaman ini, e-mel dan SMS.";
        language_expected: "Choose one of the languages", "Pilih salah satu bahasa", "请选择一种语言", "Pilih salah satu bahasa";
        email: "You sign in with", "Anda masuk dengan", "您的登录邮箱", "Anda log masuk dengan";
        company: "Company", "Perusahaan", "公司", "Syarikat";
        saved: "Your name and language are saved.", "Nama dan bahasa Anda sudah disimpan.",
            "您的姓名和语言已保存。", "Nama dan bahasa anda telah disimpan.";
        waiting: "Your change is on its way. It will show here in a moment.",
            "Perubahan Anda sedang diproses dan akan segera tampil di sini.",
            "您的更改正在处理中，很快就会显示在这里。", "Perubahan anda sedang diproses dan akan dipaparkan di sini sebentar lagi.";
        refused: "This name was not accepted. Write it with letters, spaces, hyphens and apostrophes",
            "Nama ini tidak diterima. Tulis dengan huruf, spasi, tanda hubung, dan apostrof",
            "此姓名未被接受。请使用文字、空格、连字符和撇号", "Nama ini tidak diterima. Tulis dengan huruf, ruang, sempang dan apostrof";
    }
}
