//! The frame around every page of who is signed in.

super::words! {
    /// What the frame says.
    pub struct Layout {
        skip: "Skip to the content", "Lewati ke isi", "跳到正文", "Langkau ke kandungan";
        sections: "Sections", "Bagian", "版块", "Bahagian";
        pages: "Pages of this section", "Halaman bagian ini", "本版块的页面", "Halaman bahagian ini";
        account: "My account", "Akun saya", "我的账户", "Akaun saya";
        cloud: "Cloud", "Cloud", "云", "Awan";
        projects: "Projects", "Proyek", "项目", "Projek";
        my_requests: "My requests", "Permintaan saya", "我的申请", "Permohonan saya";
        cloud_requests: "Cloud requests", "Permintaan cloud", "云平台申请", "Permohonan awan";
        ask: "Ask for something", "Buat permintaan", "提出申请", "Buat permohonan";
        company: "Company", "Perusahaan", "公司", "Syarikat";
        backoffice: "Back office", "Layanan pelanggan", "客服后台", "Khidmat pelanggan";
        sign_out: "Sign out", "Keluar", "退出登录", "Log keluar";
        signed_in_as: "Signed in as {}", "Masuk sebagai {}", "当前登录：{}", "Dilog masuk sebagai {}";
        profile: "Name and language", "Nama dan bahasa", "姓名和语言", "Nama dan bahasa";
        contacts: "Contacts", "Kontak", "联系方式", "Hubungan";
        security: "Sign-in and security", "Masuk dan keamanan", "登录与安全", "Log masuk dan keselamatan";
        history: "My data and its history", "Data saya dan riwayatnya", "我的数据及其历史", "Data saya dan sejarahnya";
        billing: "Billing profile", "Profil penagihan", "账单资料", "Profil pengebilan";
        company_contacts: "Company contacts", "Kontak perusahaan", "公司联系人", "Hubungan syarikat";
        people: "People", "Orang", "人员", "Orang";
        companies: "Companies", "Perusahaan", "公司", "Syarikat";
        work: "Waiting work", "Pekerjaan tertunda", "待处理任务", "Kerja menunggu";
        requests: "Requests to join", "Permintaan bergabung", "加入申请", "Permintaan untuk menyertai";
        company_history: "What was done", "Apa yang dilakukan", "操作记录", "Apa yang dilakukan";
        company_profile: "Company profile", "Profil perusahaan", "公司资料", "Profil syarikat";
        search: "Search", "Cari", "搜索", "Cari";
        approvals: "Approvals", "Persetujuan", "审批", "Kelulusan";
        sign_ups: "Sign-ups", "Pendaftaran", "注册申请", "Pendaftaran";
        messages: "Text messages", "Pesan SMS", "短信", "Mesej teks";
        systems: "Systems", "Sistem", "系统", "Sistem";
        trail: "Audit trail", "Jejak audit", "审计记录", "Jejak audit";
        next_page: "Next page", "Halaman berikutnya", "下一页", "Halaman seterusnya";
        loaded: "Entries loaded: {}", "Entri dimuat: {}", "已加载条目：{}", "Entri dimuatkan: {}";
        settled: "This is finished. The page shows how it is now.", "Ini sudah selesai. Halaman ini menunjukkan keadaan sekarang.",
            "已处理完毕。本页显示的是当前状态。", "Ini sudah selesai. Halaman ini menunjukkan keadaan sekarang.";
        being_done: "This is being done. The page refreshes itself until it is.",
            "Ini sedang dikerjakan. Halaman ini memuat ulang sendiri sampai selesai.",
            "正在处理。完成之前，本页会自动刷新。",
            "Ini sedang dilakukan. Halaman ini memuat semula sendiri sehingga selesai.";
        reason: "Reason", "Alasan", "原因", "Sebab";
        reason_help: "1 to 500 characters. It is kept in the history.", "1 sampai 500 karakter. Disimpan dalam riwayat.",
            "1 到 500 个字符，会保存在历史记录中。", "1 hingga 500 aksara. Ia disimpan dalam sejarah.";
        reason_expected: "Enter a reason of 1 to 500 characters", "Isi alasan 1 sampai 500 karakter",
            "请填写 1 到 500 个字符的原因", "Masukkan sebab antara 1 hingga 500 aksara";
        problem: "There is a problem", "Ada masalah", "有问题需要处理", "Terdapat masalah";
        optional: "optional", "opsional", "选填", "pilihan";
        save: "Save", "Simpan", "保存", "Simpan";
        cancel: "Cancel", "Batal", "取消", "Batal";
        back: "Back", "Kembali", "返回", "Kembali";
        none_yet: "Nothing here yet.", "Belum ada apa-apa di sini.", "这里还没有内容。", "Belum ada apa-apa di sini.";
        not_found: "There is nothing at this address", "Tidak ada apa-apa di alamat ini", "此地址没有内容", "Tiada apa-apa di alamat ini";
        not_found_help: "The link may be old, or the page is not for you to see.",
            "Tautannya mungkin sudah lama, atau halaman ini bukan untuk Anda.",
            "链接可能已过期，或者您无权查看此页面。", "Pautan mungkin sudah lama, atau halaman ini bukan untuk anda.";
        failed: "Something went wrong on our side", "Terjadi kesalahan di pihak kami", "我们这边出了点问题", "Berlaku masalah di pihak kami";
        failed_help: "Nothing was changed. Please try again in a moment.",
            "Tidak ada yang berubah. Silakan coba lagi sebentar lagi.",
            "没有做任何更改，请稍后再试。", "Tiada apa-apa yang berubah. Sila cuba lagi sebentar lagi.";
        too_many: "That was a lot at once", "Terlalu banyak sekaligus", "操作过于频繁", "Terlalu banyak sekali gus";
        too_many_help: "Nothing was changed. Please wait a minute, then go on.",
            "Tidak ada yang berubah. Tunggu satu menit, lalu lanjutkan.",
            "没有做任何更改。请稍等一分钟后再继续。", "Tiada apa-apa yang berubah. Tunggu seminit, kemudian teruskan.";
        stale_form: "This page was open for too long",  "Halaman ini terlalu lama terbuka", "此页面打开时间过长", "Halaman ini terbuka terlalu lama";
        stale_form_help: "Nothing was changed. Go back, load the page again and repeat what you did.",
            "Tidak ada yang berubah. Kembali, muat ulang halaman, lalu ulangi.",
            "没有做任何更改。请返回并重新加载页面后再操作一次。",
            "Tiada apa-apa yang berubah. Kembali, muat semula halaman dan ulangi.";
    }
}
