//! The contacts of a person.

super::words! {
    /// What the pages say.
    pub struct Contacts {
        title: "Contacts", "Kontak", "联系方式", "Hubungan";
        lead: "Where we reach you, and what for. An address counts once you have entered the code that we send to it.",
            "Ke mana kami menghubungi Anda, dan untuk apa. Alamat berlaku setelah Anda memasukkan kode yang kami kirim ke sana.",
            "我们通过哪里联系您，以及用于什么事项。输入我们发送的验证码后，该联系方式才会生效。",
            "Di mana kami menghubungi anda, dan untuk apa. Alamat berkuat kuasa selepas anda memasukkan kod yang kami hantar ke situ.";
        emails: "E-mail addresses", "Alamat e-mail", "电子邮箱", "Alamat e-mel";
        phones: "Phone numbers", "Nomor telepon", "电话号码", "Nombor telefon";
        no_phone: "No phone number yet. Add one, so that we can reach you when it matters.",
            "Belum ada nomor telepon. Tambahkan agar kami bisa menghubungi Anda saat penting.",
            "还没有电话号码。请添加一个，以便有要事时联系您。",
            "Belum ada nombor telefon. Tambah satu supaya kami boleh menghubungi anda apabila perlu.";
        no_email: "No e-mail address yet.", "Belum ada alamat e-mail.", "还没有电子邮箱。", "Belum ada alamat e-mel.";
        add_email: "Add an e-mail address", "Tambah alamat e-mail", "添加电子邮箱", "Tambah alamat e-mel";
        add_phone: "Add a phone number", "Tambah nomor telepon", "添加电话号码", "Tambah nombor telefon";
        email: "E-mail address", "Alamat e-mail", "电子邮箱", "Alamat e-mel";
        phone: "Phone number", "Nomor telepon", "电话号码", "Nombor telefon";
        email_help: "For example finance@contoh.example", "Misalnya keuangan@contoh.example",
            "例如 finance@contoh.example", "Contohnya kewangan@contoh.example";
        phone_help: "A mobile number with its country code, for example +62 812 3456 7890",
            "Nomor ponsel dengan kode negara, misalnya +62 812 3456 7890",
            "带国家代码的手机号码，例如 +65 8123 4567", "Nombor mudah alih dengan kod negara, contohnya +60 12 345 6789";
        email_expected: "Enter an e-mail address such as name@example.com",
            "Masukkan alamat e-mail seperti nama@example.com",
            "请输入电子邮箱，例如 name@example.com", "Masukkan alamat e-mel seperti nama@example.com";
        phone_expected: "Enter a mobile number of Indonesia, Singapore or Malaysia, such as +62 812 3456 7890",
            "Masukkan nomor ponsel Indonesia, Singapura, atau Malaysia, seperti +62 812 3456 7890",
            "请输入印度尼西亚、新加坡或马来西亚的手机号码，例如 +65 8123 4567",
            "Masukkan nombor mudah alih Indonesia, Singapura atau Malaysia, seperti +60 12 345 6789";
        purposes: "What is it for?", "Digunakan untuk apa?", "用于什么？", "Untuk kegunaan apa?";
        purposes_expected: "Choose at least one purpose", "Pilih setidaknya satu kegunaan", "请至少选择一项用途", "Pilih sekurang-kurangnya satu kegunaan";
        login: "Sign-in", "Masuk", "登录", "Log masuk";
        second_factor: "Second step", "Langkah kedua", "第二步验证", "Langkah kedua";
        billing: "Billing", "Penagihan", "账单", "Pengebilan";
        notice: "Notices", "Pemberitahuan", "通知", "Notis";
        technical: "Technical", "Teknis", "技术", "Teknikal";
        security: "Security", "Keamanan", "安全", "Keselamatan";
        billing_help: "Invoices and payment reminders", "Faktur dan pengingat pembayaran", "发票和付款提醒", "Invois dan peringatan pembayaran";
        technical_help: "Maintenance and faults", "Pemeliharaan dan gangguan", "维护和故障通知", "Penyelenggaraan dan gangguan";
        security_help: "Warnings about your account", "Peringatan tentang akun Anda", "与您的账户有关的警告", "Amaran tentang akaun anda";
        primary: "First choice", "Pilihan utama", "首选", "Pilihan utama";
        proven: "Confirmed", "Terkonfirmasi", "已验证", "Disahkan";
        unproven: "Not confirmed", "Belum dikonfirmasi", "未验证", "Belum disahkan";
        waiting: "Waiting for its code", "Menunggu kode", "等待验证码", "Menunggu kod";
        mobile: "mobile", "ponsel", "手机", "mudah alih";
        followed: "Change this where you sign in", "Ubah ini di pengaturan masuk", "请在登录设置中更改", "Ubah ini di tetapan log masuk";
        edit: "Change", "Ubah", "更改", "Ubah";
        edit_what: "Change {}", "Ubah {}", "更改 {}", "Ubah {}";
        edit_title: "Change a contact", "Ubah kontak", "更改联系方式", "Ubah hubungan";
        enter_code: "Enter the code", "Masukkan kode", "输入验证码", "Masukkan kod";
        enter_code_for: "Enter the code for {}", "Masukkan kode untuk {}", "输入 {} 的验证码", "Masukkan kod untuk {}";
        make_primary: "Make it the first choice", "Jadikan pilihan utama", "设为首选", "Jadikan pilihan utama";
        remove: "Remove", "Hapus", "删除", "Buang";
        remove_help: "We will no longer use this contact.", "Kami tidak akan lagi memakai kontak ini.",
            "我们将不再使用此联系方式。", "Kami tidak akan lagi menggunakan hubungan ini.";
        remove_followed: "This contact is used to sign in, so it cannot be removed here.",
            "Kontak ini dipakai untuk masuk, jadi tidak bisa dihapus di sini.",
            "此联系方式用于登录，因此不能在这里删除。", "Hubungan ini digunakan untuk log masuk, jadi tidak boleh dibuang di sini.";
        send_code: "Send a code", "Kirim kode", "发送验证码", "Hantar kod";
        code_title: "Enter the code", "Masukkan kode", "输入验证码", "Masukkan kod";
        code_sent: "We sent a code to {}. It is good for a few minutes.", "Kami mengirim kode ke {}. Kode berlaku beberapa menit.",
            "我们已向 {} 发送验证码，几分钟内有效。", "Kami telah menghantar kod ke {}. Kod sah untuk beberapa minit.";
        code: "Code", "Kode", "验证码", "Kod";
        confirm: "Confirm", "Konfirmasi", "确认", "Sahkan";
        resend: "Send the code again", "Kirim ulang kode", "重新发送验证码", "Hantar semula kod";
        resent: "We sent the code again.", "Kami telah mengirim ulang kode.", "我们已重新发送验证码。", "Kami telah menghantar semula kod.";
        give_up: "Do not add this contact", "Jangan tambahkan kontak ini", "不添加此联系方式", "Jangan tambah hubungan ini";
        code_wrong: "This code is not right. Tries left: {}", "Kode ini salah. Sisa percobaan: {}", "验证码不正确。剩余次数：{}", "Kod ini tidak betul. Baki percubaan: {}";
        code_over: "This code is no longer good. Ask for a new one", "Kode ini tidak berlaku lagi. Minta kode baru",
            "此验证码已失效，请重新获取", "Kod ini tidak lagi sah. Minta kod baharu";
        code_later: "Please wait {} seconds, then try again", "Tunggu {} detik, lalu coba lagi", "请等待 {} 秒后再试", "Sila tunggu {} saat, kemudian cuba lagi";
        code_locked: "There were too many wrong codes. Please try again later, or ask customer service",
            "Terlalu banyak kode yang salah. Coba lagi nanti, atau hubungi layanan pelanggan",
            "错误次数过多，请稍后再试或联系客服", "Terlalu banyak kod yang salah. Cuba lagi nanti, atau hubungi khidmat pelanggan";
        not_sent: "The message could not be sent just now. Please try again in a few minutes",
            "Pesan belum bisa dikirim. Coba lagi beberapa menit lagi",
            "目前无法发送消息，请几分钟后再试", "Mesej tidak dapat dihantar buat masa ini. Cuba lagi dalam beberapa minit";
        held: "You have this contact already", "Anda sudah memiliki kontak ini", "您已有此联系方式", "Anda sudah mempunyai hubungan ini";
        too_many: "You have as many contacts as there may be. Remove one first",
            "Jumlah kontak Anda sudah maksimal. Hapus salah satu dulu",
            "联系方式已达上限，请先删除一个", "Bilangan hubungan anda sudah maksimum. Buang satu dahulu";
        changed_title: "This contact was changed meanwhile", "Kontak ini sudah berubah", "此联系方式已被更改", "Hubungan ini telah berubah";
        changed_help: "Nothing was overwritten. Below is what you chose; save it, or cancel to keep what is saved now.",
            "Tidak ada yang tertimpa. Di bawah ini pilihan Anda; simpan, atau batal untuk mempertahankan yang tersimpan.",
            "没有内容被覆盖。下面是您的选择；保存它，或取消以保留当前已保存的内容。",
            "Tiada apa-apa ditulis ganti. Di bawah ialah pilihan anda; simpan, atau batal untuk mengekalkan yang disimpan.";
        field: "Field", "Kolom", "字段", "Medan";
        yours: "Yours", "Milik Anda", "您的内容", "Milik anda";
        theirs: "Saved now", "Yang tersimpan", "当前已保存", "Yang disimpan";
        added: "The contact is confirmed and in use.", "Kontak sudah dikonfirmasi dan dipakai.", "联系方式已验证并启用。", "Hubungan telah disahkan dan digunakan.";
        saved: "Your change is saved.", "Perubahan Anda sudah disimpan.", "您的更改已保存。", "Perubahan anda telah disimpan.";
        removed: "The contact is removed.", "Kontak sudah dihapus.", "联系方式已删除。", "Hubungan telah dibuang.";
    }
}
