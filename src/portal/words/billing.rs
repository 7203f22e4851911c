//! The billing profile of a company.

super::words! {
    /// What the pages say.
    pub struct Billing {
        title: "Billing profile", "Profil penagihan", "账单资料", "Profil pengebilan";
        ready: "Everything an invoice needs is here.", "Semua yang diperlukan faktur sudah lengkap.", "开具发票所需的资料已齐全。", "Semua yang diperlukan untuk invois sudah lengkap.";
        score: "{} % of what an invoice needs is here", "{} % dari yang diperlukan faktur sudah ada", "发票所需资料已完成 {}%", "{} % daripada yang diperlukan untuk invois sudah ada";
        missing_customer: "Missing from you", "Yang perlu Anda lengkapi", "需要您补充", "Perlu dilengkapi oleh anda";
        missing_staff: "We will add", "Yang akan kami lengkapi", "由我们补充", "Akan kami lengkapkan";
        read_only: "Only administrators of the company can change this.", "Hanya administrator perusahaan yang bisa mengubah ini.", "只有公司管理员可以更改。", "Hanya pentadbir syarikat boleh mengubah ini.";
        identity: "Who is invoiced", "Siapa yang ditagih", "开票对象", "Siapa yang diinvois";
        party_type: "Kind of customer", "Jenis pelanggan", "客户类型", "Jenis pelanggan";
        company: "Company", "Perusahaan", "公司", "Syarikat";
        individual: "Individual", "Perorangan", "个人", "Individu";
        government: "Government", "Pemerintah", "政府机构", "Kerajaan";
        party_type_expected: "Choose a kind of customer", "Pilih jenis pelanggan", "请选择客户类型", "Pilih jenis pelanggan";
        legal_name: "Legal name", "Nama resmi", "法定名称", "Nama rasmi";
        legal_name_help: "As in the register, for example PT Contoh Awan Nusantara", "Seperti dalam akta, misalnya PT Contoh Awan Nusantara", "与注册登记一致，例如 PT Contoh Awan Nusantara", "Seperti dalam daftar, contohnya Contoh Awan Sdn. Bhd.";
        trade_name: "Trade name", "Nama dagang", "商号", "Nama dagangan";
        name_expected: "Enter a name of at most 255 characters on one line", "Masukkan nama paling banyak 255 karakter dalam satu baris", "请输入不超过 255 个字符的名称（单行）", "Masukkan nama tidak lebih 255 aksara dalam satu baris";
        tax_ids: "Tax numbers", "Nomor pajak", "税号", "Nombor cukai";
        tax_ids_help: "At most one of each kind. We check the form and the check digit at once; numbers of other countries are saved unchecked.", "Paling banyak satu untuk tiap jenis. Bentuk dan digit pemeriksanya langsung kami periksa; nomor dari negara lain disimpan tanpa diperiksa.", "每种类型最多一个。我们会立即检查格式和校验位；其他国家的税号保存时不作检查。", "Paling banyak satu bagi setiap jenis. Bentuk dan digit semakan disemak serta-merta; nombor negara lain disimpan tanpa semakan.";
        tax_kind: "Kind of number {}", "Jenis nomor {}", "税号类型 {}", "Jenis nombor {}";
        tax_value: "Number {}", "Nomor {}", "税号 {}", "Nombor {}";
        tax_other: "Number of another country", "Nomor dari negara lain", "其他国家的税号", "Nombor negara lain";
        tax_country: "Country of number {}", "Negara nomor {}", "税号 {} 的国家", "Negara nombor {}";
        tax_country_help: "Its two letters, for example AU for Australia", "Dua hurufnya, misalnya AU untuk Australia", "两个字母的国家代码，例如澳大利亚为 AU", "Dua hurufnya, contohnya AU untuk Australia";
        tax_country_expected: "Enter the two letters of the country, for example AU; for Indonesia, Singapore and Malaysia choose one of their kinds of number",
            "Masukkan dua huruf negara, misalnya AU; untuk Indonesia, Singapura, dan Malaysia pilih salah satu jenis nomornya",
            "请输入两个字母的国家代码，例如 AU；印度尼西亚、新加坡和马来西亚请选择对应的税号类型",
            "Masukkan dua huruf negara, contohnya AU; bagi Indonesia, Singapura dan Malaysia pilih salah satu jenis nombornya";
        tax_unchecked: "Saved, but not checked: we do not know this form. Please compare it with your papers.",
            "Tersimpan, tetapi belum diperiksa: kami tidak mengenal bentuk ini. Cocokkan dengan dokumen Anda.",
            "已保存，但未经检查：我们不了解这种格式。请与您的文件核对。",
            "Disimpan, tetapi belum disemak: kami tidak mengenali bentuk ini. Sila bandingkan dengan dokumen anda.";
        unchecked: "Not checked by us", "Belum kami periksa", "未经我们检查", "Belum kami semak";
        unchecked_help: "These tax numbers are saved as you wrote them. Invoices do not wait for that, but a wrong number would be printed on them.",
            "Nomor pajak ini tersimpan seperti yang Anda tulis. Faktur tidak tertahan karenanya, tetapi nomor yang salah akan tercetak di faktur.",
            "这些税号按您填写的内容保存，不会影响开具发票，但若有误会印在发票上。",
            "Nombor cukai ini disimpan seperti yang anda tulis. Invois tidak tertahan kerananya, tetapi nombor yang salah akan tertera padanya.";
        tax_expected: "Check this tax number: NPWP 15 or 16 digits, NIK 16 digits, UEN with its check letter, GST beginning with M, TIN letters and digits; one of each kind", "Periksa nomor pajak ini: NPWP 15 atau 16 digit, NIK 16 digit, UEN dengan huruf pemeriksa, GST diawali M, TIN huruf dan angka; satu untuk tiap jenis", "请检查此税号：NPWP 为 15 或 16 位数字，NIK 为 16 位数字，UEN 含校验字母，GST 以 M 开头，TIN 为字母和数字；每种类型一个", "Semak nombor cukai ini: NPWP 15 atau 16 digit, NIK 16 digit, UEN dengan huruf semakan, GST bermula dengan M, TIN huruf dan digit; satu bagi setiap jenis";
        address: "Address", "Alamat", "地址", "Alamat";
        country: "Country", "Negara", "国家", "Negara";
        country_expected: "Choose a country", "Pilih negara", "请选择国家", "Pilih negara";
        indonesia: "Indonesia", "Indonesia", "印度尼西亚", "Indonesia";
        singapore: "Singapore", "Singapura", "新加坡", "Singapura";
        malaysia: "Malaysia", "Malaysia", "马来西亚", "Malaysia";
        line1: "Street and number", "Jalan dan nomor", "街道和门牌号", "Jalan dan nombor";
        line1_expected: "Enter street and number, at most 100 characters", "Masukkan jalan dan nomor, paling banyak 100 karakter", "请输入街道和门牌号，最多 100 个字符", "Masukkan jalan dan nombor, tidak lebih 100 aksara";
        line2: "Building, floor, kelurahan", "Gedung, lantai, kelurahan", "大厦、楼层、村镇", "Bangunan, tingkat, mukim";
        district: "District (kecamatan)", "Kecamatan", "区（kecamatan）", "Daerah";
        district_expected: "Enter the kecamatan: addresses in Indonesia need it", "Masukkan kecamatan", "请输入 kecamatan：印尼地址必须填写", "Masukkan kecamatan: alamat di Indonesia memerlukannya";
        city: "City", "Kota atau kabupaten", "城市", "Bandar";
        city_expected: "Enter the city, at most 100 characters", "Masukkan kota atau kabupaten, paling banyak 100 karakter", "请输入城市，最多 100 个字符", "Masukkan bandar, tidak lebih 100 aksara";
        province: "Province (Indonesia)", "Provinsi (Indonesia)", "省份（印尼）", "Wilayah (Indonesia)";
        province_expected: "Choose the province: addresses in Indonesia need it", "Pilih provinsi", "请选择省份：印尼地址必须填写", "Pilih wilayah: alamat di Indonesia memerlukannya";
        postal_code: "Postal code", "Kode pos", "邮政编码", "Poskod";
        postal_code_expected: "Enter the postal code: 6 digits in Singapore, 5 in Indonesia and Malaysia", "Masukkan kode pos: 5 digit di Indonesia dan Malaysia, 6 di Singapura", "请输入邮政编码：新加坡 6 位，印尼和马来西亚 5 位", "Masukkan poskod: 5 digit di Malaysia dan Indonesia, 6 di Singapura";
        payment: "Invoices and payment", "Faktur dan pembayaran", "发票和付款", "Invois dan pembayaran";
        currency: "Currency", "Mata uang", "货币", "Mata wang";
        currency_expected: "Choose a currency", "Pilih mata uang", "请选择货币", "Pilih mata wang";
        currency_locked: "The currency cannot change any more, because something was invoiced in it", "Mata uang tidak bisa diubah lagi karena sudah ada faktur", "已开具过发票，货币不能再更改", "Mata wang tidak boleh diubah lagi kerana sudah ada invois";
        locale: "Language of invoices", "Bahasa faktur", "发票语言", "Bahasa invois";
        locale_expected: "Choose a language", "Pilih bahasa", "请选择语言", "Pilih bahasa";
        time_zone: "Time zone", "Zona waktu", "时区", "Zon masa";
        time_zone_expected: "Choose a time zone", "Pilih zona waktu", "请选择时区", "Pilih zon masa";
        net_days: "Days to pay", "Hari untuk membayar", "付款天数", "Hari untuk membayar";
        net_days_expected: "Enter the days to pay as a number from 0 to 180", "Masukkan jumlah hari dari 0 sampai 180", "请输入 0 到 180 之间的天数", "Masukkan bilangan hari dari 0 hingga 180";
        end_of_month: "Counted from the end of the month", "Dihitung dari akhir bulan", "从月底起算", "Dikira dari akhir bulan";
        method: "Way of payment", "Cara pembayaran", "付款方式", "Cara pembayaran";
        method_expected: "Choose a way of payment", "Pilih cara pembayaran", "请选择付款方式", "Pilih cara pembayaran";
        transfer: "Bank transfer", "Transfer bank", "银行转账", "Pindahan bank";
        va: "Virtual account", "Virtual account", "虚拟账户", "Akaun maya";
        card: "Card", "Kartu", "银行卡", "Kad";
        giro: "Giro", "Giro", "直接转账（GIRO）", "Giro";
        other: "Other", "Lainnya", "其他", "Lain-lain";
        orders: "Purchase orders", "Nomor pesanan (PO)", "采购订单", "Pesanan belian";
        order_number: "Order number {}", "Nomor PO {}", "订单号 {}", "Nombor pesanan {}";
        order_from: "Valid from {}", "Berlaku dari {}", "生效日期 {}", "Sah dari {}";
        order_to: "Valid until {}", "Berlaku sampai {}", "失效日期 {}", "Sah hingga {}";
        order_expected: "Enter a number of at most 60 characters; the last day must not be before the first", "Masukkan nomor paling banyak 60 karakter; hari terakhir tidak boleh sebelum hari pertama", "请输入不超过 60 个字符的订单号；结束日期不得早于开始日期", "Masukkan nombor tidak lebih 60 aksara; hari terakhir tidak boleh sebelum hari pertama";
        choose: "Choose", "Pilih", "请选择", "Pilih";
        saved: "The billing profile is saved.", "Profil penagihan sudah disimpan.", "账单资料已保存。", "Profil pengebilan telah disimpan.";
        changed_title: "Somebody else saved this meanwhile", "Orang lain sudah menyimpan perubahan", "其他人已先行保存", "Orang lain telah menyimpan perubahan";
        changed_help: "Nothing of theirs was overwritten. Compare, then save yours over it or keep theirs.", "Perubahan mereka tidak tertimpa. Bandingkan, lalu simpan milik Anda atau pertahankan milik mereka.", "对方的内容未被覆盖。请比较后保存您的内容，或保留对方的内容。", "Perubahan mereka tidak ditulis ganti. Bandingkan, kemudian simpan milik anda atau kekalkan milik mereka.";
        yours: "Yours", "Milik Anda", "您的内容", "Milik anda";
        theirs: "Saved now", "Yang tersimpan", "当前已保存", "Yang disimpan";
        save_mine: "Save mine", "Simpan milik saya", "保存我的内容", "Simpan milik saya";
        keep_theirs: "Keep what is saved", "Pertahankan yang tersimpan", "保留已保存的内容", "Kekalkan yang disimpan";
        field: "Field", "Kolom", "字段", "Medan";
        recipients: "Who receives invoices", "Penerima faktur", "发票接收人", "Penerima invois";
        recipients_help: "Each address counts once its code was entered.", "Tiap alamat berlaku setelah kodenya dimasukkan.", "输入验证码后地址才会生效。", "Setiap alamat berkuat kuasa selepas kodnya dimasukkan.";
        no_recipient: "Nobody receives invoices yet.", "Belum ada penerima faktur.", "还没有发票接收人。", "Belum ada penerima invois.";
        add_recipient: "Add a recipient", "Tambah penerima", "添加接收人", "Tambah penerima";
        recipient_added: "The recipient is confirmed.", "Penerima sudah dikonfirmasi.", "接收人已验证。", "Penerima telah disahkan.";
        recipient_removed: "The recipient is removed.", "Penerima sudah dihapus.", "接收人已删除。", "Penerima telah dibuang.";
        remove_what: "Remove {}", "Hapus {}", "删除 {}", "Buang {}";
        versions: "Earlier versions", "Versi sebelumnya", "历史版本", "Versi terdahulu";
        versions_help: "Every version is kept, so that an old invoice can be made again as it was.",
            "Setiap versi disimpan, agar faktur lama bisa dibuat lagi seperti semula.",
            "每个版本都会保留，以便按原样重新开具旧发票。", "Setiap versi disimpan supaya invois lama boleh dibuat semula seperti asalnya.";
        no_version: "Nothing was saved yet.", "Belum ada yang disimpan.", "还没有保存任何内容。", "Belum ada yang disimpan.";
        version: "Version {}", "Versi {}", "版本 {}", "Versi {}";
        by_you: "saved by you", "disimpan oleh Anda", "由您保存", "disimpan oleh anda";
        by_another: "saved by another person", "disimpan oleh orang lain", "由其他人保存", "disimpan oleh orang lain";
        before: "Before", "Sebelum", "之前", "Sebelum";
        after: "After", "Sesudah", "之后", "Selepas";
        older: "Older versions", "Versi yang lebih lama", "更早的版本", "Versi lebih lama";
        yes: "Yes", "Ya", "是", "Ya";
        no: "No", "Tidak", "否", "Tidak";
        currency_stays: "Currency stays", "Mata uang tetap", "货币固定", "Mata wang kekal";
        tax: "Tax treatment", "Perlakuan pajak", "税务处理", "Layanan cukai";
        seller_entity: "Our selling company", "Perusahaan penjual kami", "我方销售公司", "Syarikat penjual kami";
    }
}
