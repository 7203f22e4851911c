//! The address to sign in with.

super::words! {
    /// What the pages about another sign-in address say.
    pub struct Email {
        title: "Change the sign-in address", "Ubah alamat masuk", "更改登录邮箱", "Tukar alamat log masuk";
        lead: "We send a code to the new address. Once you have entered it, you sign in with the new address, and the old one gets a letter by which the change can be undone for 72 hours.",
            "Kami mengirim kode ke alamat baru. Setelah Anda memasukkannya, Anda masuk dengan alamat baru, dan alamat lama menerima surat untuk membatalkan perubahan ini selama 72 jam.",
            "我们会向新邮箱发送验证码。输入后，您将使用新邮箱登录；旧邮箱会收到一封信，72 小时内可以撤销此更改。",
            "Kami menghantar kod ke alamat baharu. Selepas anda memasukkannya, anda log masuk dengan alamat baharu, dan alamat lama menerima surat untuk membatalkan perubahan ini dalam masa 72 jam.";
        current: "You sign in with", "Anda masuk dengan", "您的登录邮箱", "Anda log masuk dengan";
        new_address: "New address", "Alamat baru", "新邮箱", "Alamat baharu";
        new_address_help: "An address whose mail you can read now.", "Alamat yang e-mailnya bisa Anda baca sekarang.",
            "您现在能收到邮件的邮箱。", "Alamat yang e-melnya boleh anda baca sekarang.";
        send_code: "Send a code", "Kirim kode", "发送验证码", "Hantar kod";
        same: "You sign in with this address already", "Anda sudah masuk dengan alamat ini", "这已经是您的登录邮箱", "Anda sudah log masuk dengan alamat ini";
        taken: "This address cannot be used to sign in here. Choose another one, or ask customer service",
            "Alamat ini tidak bisa dipakai untuk masuk di sini. Pilih yang lain, atau hubungi layanan pelanggan",
            "此邮箱不能用于登录。请换一个邮箱或联系客服",
            "Alamat ini tidak boleh digunakan untuk log masuk di sini. Pilih yang lain, atau hubungi khidmat pelanggan";
        refused: "This address was not accepted. Choose another one", "Alamat ini tidak diterima. Pilih yang lain",
            "此邮箱未被接受，请换一个", "Alamat ini tidak diterima. Pilih yang lain";
        code_title: "Confirm the new address", "Konfirmasi alamat baru", "验证新邮箱", "Sahkan alamat baharu";
        what_then: "With the code you sign in with the new address from now on.", "Dengan kode ini, mulai sekarang Anda masuk dengan alamat baru.",
            "输入验证码后，您将使用新邮箱登录。", "Dengan kod ini, mulai sekarang anda log masuk dengan alamat baharu.";
        change: "Change the sign-in address", "Ubah alamat masuk", "更改登录邮箱", "Tukar alamat log masuk";
        give_up: "Keep the old address", "Tetap pakai alamat lama", "保留旧邮箱", "Kekalkan alamat lama";
    }
}

super::words! {
    /// What the page that undoes a change says.
    pub struct Undo {
        title: "Undo the change of the sign-in address?", "Batalkan perubahan alamat masuk?", "撤销登录邮箱的更改？", "Batalkan pertukaran alamat log masuk?";
        lead: "The old address is used to sign in again, and everybody who is signed in to the account is signed out.",
            "Alamat lama dipakai lagi untuk masuk, dan semua yang sedang masuk ke akun dikeluarkan.",
            "旧邮箱将重新用于登录，所有已登录该账户的会话都会退出。",
            "Alamat lama digunakan semula untuk log masuk, dan semua yang sedang log masuk ke akaun dilog keluar.";
        undo: "Undo the change", "Batalkan perubahan", "撤销更改", "Batalkan pertukaran";
        was_you: "If you made the change yourself, close this page.", "Jika Anda sendiri yang mengubahnya, tutup halaman ini.",
            "如果是您本人更改的，请关闭此页面。", "Jika anda sendiri yang menukarnya, tutup halaman ini.";
        done_title: "The change is undone", "Perubahan sudah dibatalkan", "更改已撤销", "Pertukaran telah dibatalkan";
        done: "You sign in with the old address again. Choose a new password now: “Forgot password?” on the sign-in page. Then remove every second step that is not yours.",
            "Anda masuk dengan alamat lama lagi. Buat kata sandi baru sekarang: “Lupa kata sandi?” di halaman masuk. Lalu hapus setiap langkah kedua yang bukan milik Anda.",
            "您可以重新使用旧邮箱登录。请立即设置新密码：在登录页面点击“忘记密码？”。然后删除所有不属于您的第二步验证。",
            "Anda log masuk dengan alamat lama semula. Tetapkan kata laluan baharu sekarang: “Terlupa kata laluan?” pada halaman log masuk. Kemudian buang setiap langkah kedua yang bukan milik anda.";
        waiting: "Everybody is signed out, and the old address will be used to sign in again in a few minutes. Then choose a new password: “Forgot password?” on the sign-in page.",
            "Semua sudah dikeluarkan, dan alamat lama akan dipakai lagi untuk masuk dalam beberapa menit. Setelah itu buat kata sandi baru: “Lupa kata sandi?” di halaman masuk.",
            "所有会话都已退出，几分钟后即可重新使用旧邮箱登录。届时请设置新密码：在登录页面点击“忘记密码？”。",
            "Semua telah dilog keluar, dan alamat lama akan digunakan semula untuk log masuk dalam beberapa minit. Kemudian tetapkan kata laluan baharu: “Terlupa kata laluan?” pada halaman log masuk.";
        refused_title: "Please tell our customer service", "Hubungi layanan pelanggan kami", "请联系我们的客服", "Sila hubungi khidmat pelanggan kami";
        refused: "Everybody is signed out of the account, but the old address could not be restored. Customer service will help you.",
            "Semua sudah dikeluarkan dari akun, tetapi alamat lama tidak bisa dipulihkan. Layanan pelanggan akan membantu Anda.",
            "所有会话都已退出，但旧邮箱无法恢复。客服会帮助您。",
            "Semua telah dilog keluar daripada akaun, tetapi alamat lama tidak dapat dipulihkan. Khidmat pelanggan akan membantu anda.";
        over_title: "This link is no longer good", "Tautan ini tidak berlaku lagi", "此链接已失效", "Pautan ini tidak lagi sah";
        over: "It was used before, or it is older than 72 hours. If your account is not in your hands, ask customer service.",
            "Tautan ini sudah pernah dipakai, atau lebih lama dari 72 jam. Jika akun Anda tidak di tangan Anda, hubungi layanan pelanggan.",
            "此链接已被使用或超过 72 小时。如果您无法控制自己的账户，请联系客服。",
            "Pautan ini telah digunakan, atau lebih lama daripada 72 jam. Jika akaun anda bukan dalam kawalan anda, hubungi khidmat pelanggan.";
        sign_in: "Go to sign-in", "Ke halaman masuk", "前往登录", "Ke halaman log masuk";
    }
}
